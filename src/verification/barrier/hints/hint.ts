import { createHmac, timingSafeEqual } from 'node:crypto';

/** What a hint says: that there are new changes to be read, or that changes have been applied. */
export type HintKind = 'changed' | 'applied';

const KINDS: readonly HintKind[] = ['changed', 'applied'];

export interface Hint {
  kind: HintKind;
  /** The id of the instance that sends it. */
  sender: string;
  /** Grows with every hint of a sender, so that a repeated one is recognised. */
  sequence: bigint;
}

const ID_BYTES = 16;
const SEQUENCE_BYTES = 8;
const MAC_BYTES = 16;
const SIGNED_BYTES = 1 + ID_BYTES + SEQUENCE_BYTES;

export const HINT_BYTES = SIGNED_BYTES + MAC_BYTES;

/** @param key the receiver's */
export function encodeHint({ kind, sender, sequence }: Hint, key: string): Buffer {
  const signed = Buffer.alloc(SIGNED_BYTES);
  signed.writeUInt8(KINDS.indexOf(kind));
  signed.write(sender.replaceAll('-', ''), 1, 'hex');
  signed.writeBigUInt64BE(sequence, 1 + ID_BYTES);
  return Buffer.concat([signed, macOf(signed, key)]);
}

/**
 * Returns the hint of a datagram, or `null` if it isn't one that was made with the key.
 *
 * @param isKnown whether hints of a sender are taken, which costs less to find out than whether it knows the key
 */
export function decodeHint(datagram: Buffer, key: string, isKnown: (sender: string) => boolean): Hint | null {
  if (datagram.length !== HINT_BYTES) return null;
  const signed = datagram.subarray(0, SIGNED_BYTES);
  const kind = KINDS[signed.readUInt8()];
  if (kind === undefined) return null;
  const id = signed.toString('hex', 1, 1 + ID_BYTES);
  const sender = `${id.slice(0, 8)}-${id.slice(8, 12)}-${id.slice(12, 16)}-${id.slice(16, 20)}-${id.slice(20)}`;
  if (!isKnown(sender) || !timingSafeEqual(datagram.subarray(SIGNED_BYTES), macOf(signed, key))) return null;
  return { kind, sender, sequence: signed.readBigUInt64BE(1 + ID_BYTES) };
}

const macOf = (signed: Buffer, key: string): Buffer =>
  createHmac('sha256', key).update(signed).digest().subarray(0, MAC_BYTES);
