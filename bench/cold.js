// What a verification costs whose key isn't in the key cache, against the same statement by mysql2 alone in the same process; how both kinds of
// verification grow with the number of keys; and what a remembered key takes of memory. In a process of its own, started with --expose-gc.
import mysql from 'mysql2/promise';
import { createApp } from '../dist/src/app.js';
import { issueFullKey } from '../dist/src/api-keys/credentials/credential.js';
import { SecretHasher } from '../dist/src/api-keys/credentials/secret-hasher.js';
import { loadConfig } from '../dist/src/platform/config/config.js';
import { parseDatabaseUrl } from '../dist/src/platform/config/database-url/database-url.js';
import { KeyCache } from '../dist/src/verification/cache/key-cache.js';
import { CachedKeyReader } from '../dist/src/verification/cache/cached-key.js';
import { VerificationService } from '../dist/src/verification/verification.service.js';
import { COLUMNS, keyRow } from './rows.js';

/** Verifications at a time, as from 50 connections. */
const AT_A_TIME = 50;

/** Keys that are asked for; the others are only there. */
const ASKED = 1000;

const config = loadConfig(process.env);
const { app } = await createApp(config, false);
const verification = app.get(VerificationService);
const keyCache = app.get(KeyCache);
const hasher = app.get(SecretHasher);
const { statement } = app.get(CachedKeyReader);
const { host, port, user, password, database } = parseDatabaseUrl(config.DATABASE_URL);
const pool = mysql.createPool({ host, port, user, password, database, connectionLimit: 10 });

let rows = 0;
let asked = [];
process.on('message', async ({ task, ...options }) => process.send({ task, result: await TASKS[task](options) }));
process.send('ready');

const TASKS = {
  /** Fills the table up to so many keys; those asked for are spread among them. */
  async fill({ count }) {
    const [[{ id: merchantId }]] = await pool.query('SELECT id FROM merchant LIMIT 1');
    const place = (name) => COLUMNS.indexOf(name);
    const every = Math.max(1, Math.floor((count - rows) / ASKED));
    asked = [];
    for (let from = rows; from < count; from += 2000) {
      const some = Array.from({ length: Math.min(2000, count - from) }, (_, n) => {
        const row = keyRow(from + n, count, merchantId);
        const credential = issueFullKey('live');
        const { secretHash, pepperId } = hasher.hash(credential.secret);
        row[place('public_id')] = credential.publicId;
        row[place('secret_hash')] = secretHash;
        row[place('pepper_id')] = pepperId;
        if ((from + n) % every === 0) asked.push(credential);
        return row;
      });
      await pool.query(`INSERT INTO api_key (${COLUMNS.join(', ')}) VALUES ?`, [some]);
    }
    await pool.query('ANALYZE TABLE api_key');
    rows = count;
  },
  /** Rates, and the 99th percentile of cold verifications. */
  async cold({ seconds, rounds }) {
    const results = [];
    for (let round = 0; round < rounds; round += 1) {
      const own = await rateOf(seconds, async (credential) => {
        keyCache.invalidate({ kind: 'key', id: credential.publicId });
        const { key } = await verification.verify(credential, {});
        if (!key) throw new Error('A key is refused.');
      });
      const plain = await rateOf(seconds, ({ publicId }) => pool.query(statement, [publicId, publicId]));
      results.push({ own: own.rate, plain: plain.rate, ratio: own.rate / plain.rate, p99Ms: own.p99Ms });
    }
    return middle(results, 'ratio');
  },
  async warm({ seconds, rounds }) {
    const [credential] = asked;
    await verification.verify(credential, {});
    const rates = [];
    for (let round = 0; round < rounds; round += 1) {
      const end = performance.now() + seconds * 1000;
      let count = 0;
      const start = performance.now();
      while (performance.now() < end) {
        for (let n = 0; n < 1000; n += 1) verification.verify(credential, {});
        count += 1000;
        await new Promise(setImmediate);
      }
      rates.push({ rate: count / ((performance.now() - start) / 1000) });
    }
    return middle(rates, 'rate').rate;
  },
  /** Bytes of the heap for each key that the key cache holds. */
  async memory({ count }) {
    const { entries } = await heapFor(count);
    return entries;
  },
};

async function heapFor(count) {
  const [found] = await pool.query('SELECT public_id FROM api_key LIMIT ?', [count]);
  keyCache.clear();
  globalThis.gc();
  const before = process.memoryUsage().heapUsed;
  for (let from = 0; from < found.length; from += AT_A_TIME)
    await Promise.all(found.slice(from, from + AT_A_TIME).map(({ public_id }) => keyCache.fetch(public_id)));
  const { size } = keyCache;
  found.length = 0;
  globalThis.gc();
  return { entries: { size, bytes: (process.memoryUsage().heapUsed - before) / size } };
}

async function rateOf(seconds, work) {
  const times = [];
  const start = performance.now();
  const end = start + seconds * 1000;
  let next = 0;
  await Promise.all(
    Array.from({ length: AT_A_TIME }, async () => {
      while (performance.now() < end) {
        const begun = performance.now();
        await work(asked[(next += 1) % asked.length]);
        times.push(performance.now() - begun);
      }
    }),
  );
  times.sort((a, b) => a - b);
  return {
    rate: times.length / ((performance.now() - start) / 1000),
    p99Ms: times[Math.ceil(times.length * 0.99) - 1],
  };
}

const middle = (results, field) => results.sort((a, b) => a[field] - b[field])[Math.floor(results.length / 2)];
