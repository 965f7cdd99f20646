import { Injectable } from '@nestjs/common';

/** The one door through which time comes in, so that a test can hold it still. */
@Injectable()
export class Clock {
  now(): Date {
    return new Date();
  }

  /** Seconds since 1970, the unit of JWT claims (RFC 7519, NumericDate). */
  nowInSeconds(): number {
    return Math.floor(this.now().getTime() / 1000);
  }

  /** The moment that many seconds from now. */
  in(seconds: number): Date {
    return new Date(this.now().getTime() + seconds * 1000);
  }
}
