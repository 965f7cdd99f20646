import { randomBytes } from 'node:crypto';
import { BLOCK_BYTES, compress, INITIAL, SCHEDULE_WORDS } from './sha256.js';

/** The beginnings of full keys, of 8 characters, and the length of what follows them: it fits into one block, together with its padding. */
const PREFIXES = ['ks_live_', 'ks_test_'];
const PREFIX_LENGTH = 8;
const FULL_LENGTH = 62;
const REST_LENGTH = FULL_LENGTH - PREFIX_LENGTH;

/** The state of SHA-256 after a block of random bytes. */
function drawSalt(): Int32Array {
  const schedule = new Int32Array(SCHEDULE_WORDS);
  const salt = randomBytes(BLOCK_BYTES);
  for (let index = 0; index < 16; index++) schedule[index] = salt.readInt32BE(4 * index);
  const state = new Int32Array(8);
  compress(INITIAL, schedule, state);
  return state;
}

/**
 * Digests of presented keys: SHA-256 of a block of salt, which each process draws at random, and of the key. From a digest nobody gets back to the key, and what
 * comparing digests takes of time reveals nothing about it. The beginning of a full key selects its salt instead of being hashed.
 */
export class Digests {
  private readonly salts = PREFIXES.map(drawSalt);
  private readonly otherSalt = drawSalt();
  private readonly schedule = new Int32Array(SCHEDULE_WORDS);
  private readonly state = new Int32Array(8);

  /** Returns the digest of a presented key, as eight words. They are valid until the next call. */
  of(presented: string): Int32Array {
    if (presented.length === FULL_LENGTH)
      for (const [index, prefix] of PREFIXES.entries())
        if (presented.startsWith(prefix) && this.loadRest(presented)) {
          compress(this.salts[index] ?? INITIAL, this.schedule, this.state);
          return this.state;
        }
    return this.ofBytes(Buffer.from(presented, 'utf8'));
  }

  /** Writes what follows the prefix into the block. Returns false if it isn't ASCII. */
  private loadRest(text: string): boolean {
    const { schedule } = this;
    let all = 0;
    for (let word = 0, at = PREFIX_LENGTH; word < 13; word++, at += 4) {
      const a = text.charCodeAt(at);
      const b = text.charCodeAt(at + 1);
      const c = text.charCodeAt(at + 2);
      const d = text.charCodeAt(at + 3);
      all |= a | b | c | d;
      schedule[word] = (a << 24) | (b << 16) | (c << 8) | d;
    }
    const a = text.charCodeAt(FULL_LENGTH - 2);
    const b = text.charCodeAt(FULL_LENGTH - 1);
    schedule[13] = (a << 24) | (b << 16) | 0x8000;
    schedule[14] = 0;
    schedule[15] = 8 * (BLOCK_BYTES + REST_LENGTH);
    return (all | a | b) < 0x80;
  }

  private ofBytes(bytes: Buffer): Int32Array {
    const padded = Buffer.alloc(Math.ceil((bytes.length + 9) / BLOCK_BYTES) * BLOCK_BYTES);
    bytes.copy(padded);
    padded[bytes.length] = 0x80;
    padded.writeUInt32BE(8 * (BLOCK_BYTES + bytes.length), padded.length - 4);
    this.state.set(this.otherSalt);
    for (let start = 0; start < padded.length; start += BLOCK_BYTES) {
      for (let word = 0; word < 16; word++) this.schedule[word] = padded.readInt32BE(start + 4 * word);
      compress(this.state, this.schedule, this.state);
    }
    return this.state;
  }
}
