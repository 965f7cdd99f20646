import { randomBytes } from 'node:crypto';

/** How many of a millisecond have ids in their order. */
const PER_MILLISECOND = 0x1000;

/** Ids of audit records, in the order in which this process gives them out: UUIDs of version 7, with a counter (RFC 9562, section 6.2). */
export class EventIds {
  private latestMs = 0;
  private count = 0;

  next(moment: Date): string {
    const ms = moment.getTime();
    this.count = ms === this.latestMs ? this.count + 1 : 0;
    this.latestMs = ms;
    const time = ms.toString(16).padStart(12, '0');
    const count = (this.count % PER_MILLISECOND).toString(16).padStart(3, '0');
    const random = randomBytes(8);
    // The two highest bits are the variant.
    random[0] = ((random[0] ?? 0) & 0x3f) | 0x80;
    const rest = random.toString('hex');
    return `${time.slice(0, 8)}-${time.slice(8)}-7${count}-${rest.slice(0, 4)}-${rest.slice(4)}`;
  }
}
