/** Guarantees of the digests: they are SHA-256, under a salt of each process, and tell every two texts apart. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Digests } from '../dist/esm/memory/digests.js';
import { compress, INITIAL } from '../dist/esm/memory/sha256.js';
import { formatFullKey, issueFullKey } from '../../../dist/src/api-keys/credentials/credential.js';

const hex = (words) => [...words].map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('');

describe('a digest', () => {
  it('is computed as SHA-256 says', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 55 }), (message) => {
        const block = Buffer.alloc(64);
        block.set(message);
        block[message.length] = 0x80;
        block.writeUInt32BE(8 * message.length, 60);
        const schedule = new Int32Array(64);
        for (let word = 0; word < 16; word++) schedule[word] = block.readInt32BE(4 * word);
        const state = new Int32Array(8);
        compress(INITIAL, schedule, state);
        assert.equal(hex(state), createHash('sha256').update(message).digest('hex'));
      }),
      { numRuns: 500 },
    );
  });

  it('is the same for the same text, and another for any other and in any other process', () => {
    const digests = new Digests();
    const seen = new Map();
    const fullKey = formatFullKey(issueFullKey('live'));
    const mutations = fc
      .tuple(fc.nat(62), fc.constantFrom('', 'a', 'é', 'ū', '€', '😀', '\0'), fc.nat(2))
      .map(([at, inserted, removed]) => fullKey.slice(0, at) + inserted + fullKey.slice(at + removed));
    fc.assert(
      fc.property(fc.oneof(mutations, fc.string({ maxLength: 200 }), fc.constant(fullKey)), (text) => {
        const digest = hex(digests.of(text));
        assert.equal(seen.get(digest) ?? text, text);
        assert.equal(hex(digests.of(text)), digest);
        seen.set(digest, text);
        assert.notEqual(hex(new Digests().of(text)), digest);
      }),
      { numRuns: 3000 },
    );
    assert.equal(new Set(seen.values()).size, seen.size);
    const test = fullKey.replace('live', 'test');
    assert.notEqual(hex(digests.of(fullKey)), hex(digests.of(test)));
    assert.notEqual(hex(digests.of(fullKey)), hex(digests.of(fullKey.slice(8))));
  });
});
