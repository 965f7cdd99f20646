// Large requests of one merchant delay nobody's checks.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMIT_MS, stall } from '../../bench/stalls.js';
import { slowness } from '../support/slowness.js';

/** Of one merchant; `npm run bench -- stalls` measures with 100,000. */
const KEYS = 5000;

for (const engine of ['sqlite', 'mariadb'])
  test(`a large request delays no check, on ${engine}`, { timeout: 240_000 }, async () => {
    const size = { keys: KEYS, bulk: 2000, imported: 2000 };
    const limitMs = LIMIT_MS * slowness();
    const results = await stall({ ...size, engines: [engine], attempts: 3, limitMs, idleMs: 500, settleMs: 300 });
    assert.ok(results.length > 5);
    assert.deepEqual(
      results.filter(({ maxMs }) => maxMs > limitMs).map(({ name, maxMs }) => `${name}: ${maxMs.toFixed(0)} ms`),
      [],
    );
  });
