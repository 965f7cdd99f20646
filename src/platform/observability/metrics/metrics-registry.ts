import { Injectable } from '@nestjs/common';
import type { MaybePromise } from '../../runtime/maybe-promise.js';
import type { Histogram } from './histogram.js';

/** A value with its labels. */
export interface Reading {
  value: number;
  labels?: Record<string, string>;
}

interface Described {
  /** By the conventions of Prometheus: `keywright_…`, with its unit; a counter ends in `_total`. */
  name: string;
  /** One sentence of description. */
  help: string;
}

/** A number that is read when metrics are collected. A counter only rises, a gauge goes up and down. */
export interface NumberMetric extends Described {
  kind: 'counter' | 'gauge';
  labels?: readonly string[];
  /** Returns the current value; may query the database if that is quick. */
  read(): MaybePromise<number | Reading[]>;
}

/** The distribution of a duration. */
export interface DurationMetric extends Described {
  kind: 'durations';
  histogram: Histogram;
}

export type Metric = NumberMetric | DurationMetric;

/** The metrics of this process. Components register their metrics at construction; values are read when metrics are collected. */
@Injectable()
export class MetricsRegistry {
  readonly all: Metric[] = [];

  add(...metrics: Metric[]): void {
    this.all.push(...metrics);
  }
}
