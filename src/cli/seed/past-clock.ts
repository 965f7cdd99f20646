import { Clock, DAY_SECONDS } from '../../platform/runtime/clock.js';

/** A clock that can be set back, so that what is done is dated as if it had been done then. */
export class PastClock extends Clock {
  private behindMs = 0;

  override nowMs(): number {
    return Date.now() - this.behindMs;
  }

  /** Sets the clock to the moment that many days ago. */
  setTo(daysAgo: number): void {
    this.behindMs = daysAgo * DAY_SECONDS * 1000;
  }
}
