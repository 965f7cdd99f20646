import { randomBytes } from 'node:crypto';
import { BLOCK_BYTES, compress, INITIAL, SCHEDULE_WORDS } from './sha256.js';

/** A full key begins with two words that are the same for all, and what follows them fits into one block, together with its padding. */
const START = Buffer.from('ks_l').readInt32LE(0);
const LIVE = Buffer.from('ks_live_').readInt32LE(4);
const TEST = Buffer.from('ks_test_').readInt32LE(4);
const FULL_BYTES = 62;
const REST_BYTES = FULL_BYTES - 8;

/** The last of the buffer's words has two bytes of the key, and then the beginning of the padding. */
const PADDING = 0x800000;

/** The bits that are set in a word if one of its bytes isn't ASCII. */
const NOT_ASCII = 0x80808080 | 0;

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
  private readonly liveSalt = drawSalt();
  private readonly testSalt = drawSalt();
  private readonly otherSalt = drawSalt();
  /** A full key, which is followed by the first byte of the padding, and its words as this machine orders bytes. Most order them as {@link START} says. */
  private readonly bytes = Buffer.alloc(BLOCK_BYTES);
  private readonly words = new Int32Array(this.bytes.buffer, this.bytes.byteOffset, BLOCK_BYTES / 4);
  private readonly schedule = new Int32Array(SCHEDULE_WORDS);
  private readonly state = new Int32Array(8);

  constructor() {
    this.bytes[FULL_BYTES] = 0x80;
  }

  /** Returns the digest of a presented key, as eight words. They are valid until the next call. */
  of(presented: string): Int32Array {
    const salt = presented.length === FULL_BYTES ? this.loadFullKey(presented) : null;
    if (salt === null) return this.ofBytes(Buffer.from(presented, 'utf8'));
    compress(salt, this.schedule, this.state);
    return this.state;
  }

  /** Writes what follows the beginning of a full key into the block. Returns the salt for it; `null` for another text. */
  private loadFullKey(text: string): Int32Array | null {
    const { bytes, words, schedule } = this;
    // A character that does not fit is not written, and would leave the bytes of another key in its place.
    if (bytes.write(text, 0, FULL_BYTES, 'utf8') !== FULL_BYTES) return null;
    const second = words[1];
    if (words[0] !== START || (second !== LIVE && second !== TEST)) return null;
    let all = 0;
    for (let index = 2; index < 16; index++) {
      const word = words[index] ?? 0;
      all |= index === 15 ? word ^ PADDING : word;
      schedule[index - 2] = (word << 24) | ((word << 8) & 0xff0000) | ((word >>> 8) & 0xff00) | (word >>> 24);
    }
    schedule[14] = 0;
    schedule[15] = 8 * (BLOCK_BYTES + REST_BYTES);
    if ((all & NOT_ASCII) !== 0) return null;
    return second === LIVE ? this.liveSalt : this.testSalt;
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
