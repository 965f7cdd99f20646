// What telling three endpoints costs those who change things: changes over HTTP with no endpoint and with three, in turns, 10 at a time;
// and how fast what happens is written into the outbox, and sent. MariaDB with every commit on the disk.
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import mysql from 'mysql2/promise';
import { startMariadb } from '../test/support/mariadb.js';
import { startInstance } from './instance.js';

const AT_A_TIME = 10;
const ENDPOINTS = 3;

export async function tellOthers({ keys, seconds, rounds }) {
  const server = await startMariadb();
  if (!server) return;
  const admin = await mysql.createConnection(server.url.replace('mariadb:', 'mysql:'));
  let received = 0;
  const receiver = createServer((request, response) => {
    request.resume().on('end', () => {
      received += 1;
      response.writeHead(204).end();
    });
  });
  await new Promise((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  try {
    await admin.query('SET GLOBAL innodb_flush_log_at_trx_commit = 1');
    await admin.query('CREATE DATABASE bench');
    process.env.WEBHOOK_ALLOWED_NETWORKS = '127.0.0.1/32';
    const { call, stop } = await startInstance(`${server.url}/bench`);
    const { id: application } = await call('POST', '/api/v1/applications', { name: 'bench' });
    const ids = [];
    const make = () => call('POST', `/api/v1/applications/${application}/api-keys`, { description: 'bench' });
    while (ids.length < keys)
      ids.push(...(await Promise.all(Array.from({ length: AT_A_TIME }, make))).map(({ id }) => id));
    const count = async (sql) => Number(Object.values((await admin.query(sql))[0][0])[0]);
    const unsealed = () => count('SELECT COUNT(*) FROM bench.audit_event WHERE sequence IS NULL');
    const unsent = () => count(`SELECT COUNT(*) FROM bench.webhook_delivery WHERE status = 'pending'`);
    const outbox = () => count('SELECT COUNT(*) FROM bench.webhook_delivery');
    const settle = async () => {
      while ((await unsealed()) + (await unsent()) > 0) await sleep(50);
    };

    let changes = 0;
    const KINDS = {
      'one by one': {
        events: 1,
        change: (n) => call('PATCH', `/api/v1/api-keys/${ids[n % keys]}`, { description: `bench ${(changes += 1)}` }),
      },
      'in bulk': {
        events: keys,
        change: (n) =>
          call('POST', `/api/v1/api-keys/bulk-${n % 2 ? 'enable' : 'disable'}`, { ids, expectedCount: keys }),
      },
    };
    for (const [name, { events, change }] of Object.entries(KINDS)) {
      const results = [];
      for (let round = 0; round < rounds; round += 1) {
        await settle();
        const alone = events * (await rateOf(seconds, change));
        await settle();
        const endpoints = [];
        for (let n = 0; n < ENDPOINTS; n += 1) {
          const url = `http://127.0.0.1:${receiver.address().port}/${n}`;
          endpoints.push(await call('POST', '/api/v1/webhooks', { url, events: ['*'] }));
        }
        const [before, receivedBefore, start] = [await outbox(), received, performance.now()];
        const told = events * (await rateOf(seconds, change));
        const enqueued = ((await outbox()) - before) / ((performance.now() - start) / 1000);
        const meanwhile = (received - receivedBefore) / ((performance.now() - start) / 1000);
        const [left, from] = [await unsent(), performance.now()];
        await settle();
        const sent = left / ((performance.now() - from) / 1000);
        results.push({ alone, told, ratio: told / alone, enqueued, meanwhile, sent });
        for (const { id } of endpoints) await call('DELETE', `/api/v1/webhooks/${id}`);
      }
      const middle = results.sort((a, b) => a.ratio - b.ratio)[Math.floor(rounds / 2)];
      console.log(
        `webhooks, changes ${name}: ${middle.told.toFixed(0)} events/s with ${ENDPOINTS} endpoints, ${middle.alone.toFixed(0)} without, ` +
          `ratio ${middle.ratio.toFixed(2)} (${results.map(({ ratio }) => ratio.toFixed(2)).join(' ')}); ` +
          `meanwhile ${middle.enqueued.toFixed(0)} deliveries/s written and ${middle.meanwhile.toFixed(0)} sent, then ${middle.sent.toFixed(0)} sent`,
      );
    }
    await stop();
  } finally {
    receiver.closeAllConnections();
    receiver.close();
    await admin.end();
    await server.stop();
  }
}

async function rateOf(seconds, work) {
  const start = performance.now();
  let count = 0;
  await Promise.all(
    Array.from({ length: AT_A_TIME }, async () => {
      while (performance.now() < start + seconds * 1000) {
        await work((count += 1));
      }
    }),
  );
  return count / ((performance.now() - start) / 1000);
}
