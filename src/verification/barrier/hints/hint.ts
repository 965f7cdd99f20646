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

/** Returns the hint of a datagram, or `null` if it isn't one that was made with the key. */
export function decodeHint(datagram: Buffer, key: string): Hint | null {
  if (datagram.length !== HINT_BYTES) return null;
  const signed = datagram.subarray(0, SIGNED_BYTES);
  const kind = KINDS[signed.readUInt8()];
  if (kind === undefined || !timingSafeEqual(datagram.subarray(SIGNED_BYTES), macOf(signed, key))) return null;
  const sender = signed.toString('hex', 1, 1 + ID_BYTES).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  return { kind, sender, sequence: signed.readBigUInt64BE(1 + ID_BYTES) };
}

const macOf = (signed: Buffer, key: string): Buffer =>
  createHmac('sha256', key).update(signed).digest().subarray(0, MAC_BYTES);
