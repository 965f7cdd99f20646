// Verifications over SQLite of keys that aren't in the key cache, in a process of its own.
import { setTimeout as sleep } from 'node:timers/promises';
import Sqlite from 'better-sqlite3';
import { createApp } from '../dist/src/app.js';
import { issueFullKey } from '../dist/src/api-keys/credentials/credential.js';
import { SecretHasher } from '../dist/src/api-keys/credentials/secret-hasher.js';
import { loadConfig } from '../dist/src/platform/config/config.js';
import { CachedKeyReader } from '../dist/src/verification/cache/cached-key.js';
import { KeyCache } from '../dist/src/verification/cache/key-cache.js';
import { VerificationService } from '../dist/src/verification/verification.service.js';
import { COLUMNS, keyRow } from './rows.js';

/** Verifications at a time, as from 50 connections. */
const AT_A_TIME = 50;

const config = loadConfig(process.env);
const { app } = await createApp(config, false);
await app.listen(config.PORT, config.HOST);
const verification = app.get(VerificationService);
const keyCache = app.get(KeyCache);
const hasher = app.get(SecretHasher);
const database = new Sqlite(config.DATABASE_URL.slice('sqlite:'.length), { timeout: 0 });
const statement = database.prepare(app.get(CachedKeyReader).statement);
process.on('message', async (options) => process.send(await measure(options)));
process.send('ready');

async function measure({ seconds, rounds, keys }) {
  const credentials = await fill(keys);
  const results = [];
  for (let round = 0; round < rounds; round += 1) {
    const own = await rateOf(seconds, credentials, async (credential) => {
      keyCache.invalidate({ kind: 'key', id: credential.publicId });
      const { key } = await verification.verify(credential, {});
      if (!key) throw new Error('A key is refused.');
    });
    const plain = await rateOf(seconds, credentials, ({ publicId }) => {
      if (statement.all(publicId, publicId).length !== 1) throw new Error('A key is missing.');
    });
    results.push({ own, plain, ratio: own / plain });
  }
  return results;
}

async function fill(count) {
  const { id: merchantId } = database.prepare('SELECT id FROM merchant LIMIT 1').get();
  const insert = database.prepare(
    `INSERT INTO api_key (${COLUMNS.join(', ')}) VALUES (${COLUMNS.map(() => '?').join(', ')})`,
  );
  const place = (name) => COLUMNS.indexOf(name);
  const credentials = Array.from({ length: count }, () => issueFullKey('live'));
  const insertAll = database.transaction(() => {
    for (const [n, { publicId, secret }] of credentials.entries()) {
      const row = keyRow(n, count, merchantId);
      const { secretHash, pepperId } = hasher.hash(secret);
      row[place('public_id')] = publicId;
      row[place('secret_hash')] = secretHash;
      row[place('pepper_id')] = pepperId;
      insert.run(row.map(stored));
    }
  });
  // The server's own transactions go on only while this thread waits for nothing.
  for (;;) {
    try {
      insertAll.immediate();
      return credentials;
    } catch (error) {
      if (error.code !== 'SQLITE_BUSY') throw error;
      await sleep(5);
    }
  }
}

const stored = (value) =>
  value instanceof Date
    ? value.toISOString().replace('T', ' ').replace('Z', '')
    : typeof value === 'boolean'
      ? Number(value)
      : value;

async function rateOf(seconds, credentials, work) {
  const start = performance.now();
  const end = start + seconds * 1000;
  let count = 0;
  await Promise.all(
    Array.from({ length: AT_A_TIME }, async () => {
      while (performance.now() < end) {
        await work(credentials[(count += 1) % credentials.length]);
        if (count % 200 === 0) await new Promise(setImmediate);
      }
    }),
  );
  return count / ((performance.now() - start) / 1000);
}
