/* eslint-disable @typescript-eslint/no-non-null-assertion -- Every index is within its array. */

/** The round constants of SHA-256 (FIPS 180-4, section 4.2.2). */
const K = Int32Array.of(
  0x428a2f98,
  0x71374491,
  0xb5c0fbcf,
  0xe9b5dba5,
  0x3956c25b,
  0x59f111f1,
  0x923f82a4,
  0xab1c5ed5,
  0xd807aa98,
  0x12835b01,
  0x243185be,
  0x550c7dc3,
  0x72be5d74,
  0x80deb1fe,
  0x9bdc06a7,
  0xc19bf174,
  0xe49b69c1,
  0xefbe4786,
  0x0fc19dc6,
  0x240ca1cc,
  0x2de92c6f,
  0x4a7484aa,
  0x5cb0a9dc,
  0x76f988da,
  0x983e5152,
  0xa831c66d,
  0xb00327c8,
  0xbf597fc7,
  0xc6e00bf3,
  0xd5a79147,
  0x06ca6351,
  0x14292967,
  0x27b70a85,
  0x2e1b2138,
  0x4d2c6dfc,
  0x53380d13,
  0x650a7354,
  0x766a0abb,
  0x81c2c92e,
  0x92722c85,
  0xa2bfe8a1,
  0xa81a664b,
  0xc24b8b70,
  0xc76c51a3,
  0xd192e819,
  0xd6990624,
  0xf40e3585,
  0x106aa070,
  0x19a4c116,
  0x1e376c08,
  0x2748774c,
  0x34b0bcb5,
  0x391c0cb3,
  0x4ed8aa4a,
  0x5b9cca4f,
  0x682e6ff3,
  0x748f82ee,
  0x78a5636f,
  0x84c87814,
  0x8cc70208,
  0x90befffa,
  0xa4506ceb,
  0xbef9a3f7,
  0xc67178f2,
);

/** The state before the first block (FIPS 180-4, section 5.3.3). */
export const INITIAL = Int32Array.of(
  0x6a09e667,
  0xbb67ae85,
  0x3c6ef372,
  0xa54ff53a,
  0x510e527f,
  0x9b05688c,
  0x1f83d9ab,
  0x5be0cd19,
);

/** The bytes of a block, and the words of a message schedule, of which the first 16 are the block's. */
export const BLOCK_BYTES = 64;
export const SCHEDULE_WORDS = 64;

// The functions of FIPS 180-4, section 4.1.2.
const lower0 = (x: number): number => ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
const lower1 = (x: number): number => ((x >>> 17) | (x << 15)) ^ ((x >>> 19) | (x << 13)) ^ (x >>> 10);
const upper0 = (x: number): number => ((x >>> 2) | (x << 30)) ^ ((x >>> 13) | (x << 19)) ^ ((x >>> 22) | (x << 10));
const upper1 = (x: number): number => ((x >>> 6) | (x << 26)) ^ ((x >>> 11) | (x << 21)) ^ ((x >>> 25) | (x << 7));

/**
 * Computes the state after a block (FIPS 180-4, section 6.2.2). Node's own hash takes longer to be called than to compute, and returns texts or buffers, which
 * then have to be looked up.
 *
 * @param before the state before the block
 * @param w the block's 16 words, and room for the rest of the schedule
 * @param after where the state is written; may be `before`
 */
export function compress(before: Int32Array, w: Int32Array, after: Int32Array): void {
  for (let t = 16; t < 64; t++) w[t] = (w[t - 16]! + w[t - 7]! + lower0(w[t - 15]!) + lower1(w[t - 2]!)) | 0;
  let a = before[0]!;
  let b = before[1]!;
  let c = before[2]!;
  let d = before[3]!;
  let e = before[4]!;
  let f = before[5]!;
  let g = before[6]!;
  let h = before[7]!;
  // Eight rounds at a time, after which every variable has its own place again: moving them in each round takes a sixth of the time.
  for (let t = 0; t < 64; t += 8) {
    h = (h + upper1(e) + (g ^ (e & (f ^ g))) + K[t]! + w[t]!) | 0;
    d = (d + h) | 0;
    h = (h + upper0(a) + ((a & b) | (c & (a | b)))) | 0;
    g = (g + upper1(d) + (f ^ (d & (e ^ f))) + K[t + 1]! + w[t + 1]!) | 0;
    c = (c + g) | 0;
    g = (g + upper0(h) + ((h & a) | (b & (h | a)))) | 0;
    f = (f + upper1(c) + (e ^ (c & (d ^ e))) + K[t + 2]! + w[t + 2]!) | 0;
    b = (b + f) | 0;
    f = (f + upper0(g) + ((g & h) | (a & (g | h)))) | 0;
    e = (e + upper1(b) + (d ^ (b & (c ^ d))) + K[t + 3]! + w[t + 3]!) | 0;
    a = (a + e) | 0;
    e = (e + upper0(f) + ((f & g) | (h & (f | g)))) | 0;
    d = (d + upper1(a) + (c ^ (a & (b ^ c))) + K[t + 4]! + w[t + 4]!) | 0;
    h = (h + d) | 0;
    d = (d + upper0(e) + ((e & f) | (g & (e | f)))) | 0;
    c = (c + upper1(h) + (b ^ (h & (a ^ b))) + K[t + 5]! + w[t + 5]!) | 0;
    g = (g + c) | 0;
    c = (c + upper0(d) + ((d & e) | (f & (d | e)))) | 0;
    b = (b + upper1(g) + (a ^ (g & (h ^ a))) + K[t + 6]! + w[t + 6]!) | 0;
    f = (f + b) | 0;
    b = (b + upper0(c) + ((c & d) | (e & (c | d)))) | 0;
    a = (a + upper1(f) + (h ^ (f & (g ^ h))) + K[t + 7]! + w[t + 7]!) | 0;
    e = (e + a) | 0;
    a = (a + upper0(b) + ((b & c) | (d & (b | c)))) | 0;
  }
  after[0] = (before[0]! + a) | 0;
  after[1] = (before[1]! + b) | 0;
  after[2] = (before[2]! + c) | 0;
  after[3] = (before[3]! + d) | 0;
  after[4] = (before[4]! + e) | 0;
  after[5] = (before[5]! + f) | 0;
  after[6] = (before[6]! + g) | 0;
  after[7] = (before[7]! + h) | 0;
}
