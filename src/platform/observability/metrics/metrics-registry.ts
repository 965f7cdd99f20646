import { Injectable } from '@nestjs/common';
import type { MaybePromise } from '../../runtime/maybe-promise.js';
import type { Histogram } from './histogram.js';

/** A value, of what its labels say. */
export interface Reading {
  value: number;
  labels?: Record<string, string>;
}

interface Described {
  /** By the conventions of Prometheus: `keywright_…`, with its unit, counters with `_total` at the end. */
  name: string;
  /** One sentence. */
  help: string;
}

/** A number that is asked for when somebody looks. A counter only rises, a gauge goes up and down. */
export interface NumberMetric extends Described {
  kind: 'counter' | 'gauge';
  labels?: readonly string[];
  /** May ask the database, which must not take long. */
  read(): MaybePromise<number | Reading[]>;
}

/** How long something took. */
export interface DurationMetric extends Described {
  kind: 'durations';
  histogram: Histogram;
}

export type Metric = NumberMetric | DurationMetric;

/**
 * What the process can tell of itself. Whoever has something to tell adds it when it is made; it is read when metrics are asked for, and
 * costs nothing before.
 */
@Injectable()
export class MetricsRegistry {
  readonly all: Metric[] = [];

  add(...metrics: Metric[]): void {
    this.all.push(...metrics);
  }
}
