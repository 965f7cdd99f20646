import { Injectable } from '@nestjs/common';

export const DAY_SECONDS = 86_400;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

/** The only source of the current time, so that a test can control it. */
@Injectable()
export class Clock {
  /** Milliseconds since 1970. */
  nowMs(): number {
    return Date.now();
  }

  now(): Date {
    return new Date(this.nowMs());
  }

  /** Seconds since 1970, the unit of JWT claims (RFC 7519, NumericDate). */
  nowInSeconds(): number {
    return Math.floor(this.nowMs() / 1000);
  }

  /** The moment this many seconds from now. */
  in(seconds: number): Date {
    return secondsAfter(this.now(), seconds);
  }
}

export const secondsAfter = (moment: Date, seconds: number): Date => new Date(moment.getTime() + seconds * 1000);
