import { Injectable } from '@nestjs/common';

/** A part of the server without which it must not be sent requests. */
export interface ReadinessCheck {
  /** As the response names it. */
  name: string;
  /** Returns what is wrong, in a sentence; `null` while the part works. It answers in time, whatever it depends on. */
  findProblem(): string | null | Promise<string | null>;
}

/** All parts that must work before the server may be sent requests. Components register their checks at construction. */
@Injectable()
export class ReadinessChecks {
  readonly all: ReadinessCheck[] = [];

  add(...checks: ReadinessCheck[]): void {
    this.all.push(...checks);
  }
}
