// What telling three endpoints costs those who change things: changes over HTTP with no endpoint, with three that are paused, for which
// everything is only written into the outbox, and with three to which it is sent as well, in turns, 50 at a time. The client, the receiver,
// the server and the database share the machine. MariaDB with every commit on the disk.
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import mysql from 'mysql2/promise';
import { startMariadb } from '../test/support/mariadb.js';
import { startInstance } from './instance.js';

const AT_A_TIME = 50;
const ENDPOINTS = 3;

/** What pauses an endpoint. */
const GONE = 410;

export async function tellOthers({ keys, seconds, rounds }) {
  const server = await startMariadb();
  if (!server) return;
  const admin = await mysql.createConnection(server.url.replace('mariadb:', 'mysql:'));
  let received = 0;
  let status = 204;
  const receiver = createServer((request, response) => {
    request.resume().on('end', () => {
      received += 1;
      response.writeHead(status).end();
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
    ids.length = keys;
    const count = async (sql) => Number(Object.values((await admin.query(sql))[0][0])[0]);
    const unsealed = () => count('SELECT COUNT(*) FROM bench.audit_event WHERE sequence IS NULL');
    const unsent = () => count(`SELECT COUNT(*) FROM bench.webhook_delivery WHERE status = 'pending'`);
    const outbox = () => count('SELECT COUNT(*) FROM bench.webhook_delivery');
    const settle = async (patienceMs = Infinity) => {
      const start = performance.now();
      while ((await unsealed()) + (await unsent()) > 0 && performance.now() < start + patienceMs) await sleep(50);
    };

    let changes = 0;
    const KINDS = {
      'made one by one': { events: 1, change: make },
      'changed one by one': {
        events: 1,
        change: (n) => call('PATCH', `/api/v1/api-keys/${ids[n % keys]}`, { description: `bench ${(changes += 1)}` }),
      },
      'changed in bulk': {
        events: keys,
        change: (n) =>
          call('POST', `/api/v1/api-keys/bulk-${n % 2 ? 'enable' : 'disable'}`, { ids, expectedCount: keys }),
      },
    };
    const withEndpoints = async (answer, work) => {
      status = answer;
      for (let n = 0; n < ENDPOINTS; n += 1) {
        const url = `http://127.0.0.1:${receiver.address().port}/${n}`;
        await call('POST', '/api/v1/webhooks', { url, events: ['*'] });
      }
      const paused = () => count('SELECT COUNT(*) FROM bench.webhook_endpoint WHERE paused_at IS NOT NULL');
      if (answer === GONE) {
        await make();
        while ((await paused()) < ENDPOINTS) await sleep(50);
      }
      const result = await work();
      const { items } = await call('GET', '/api/v1/webhooks');
      for (const { id } of items) await call('DELETE', `/api/v1/webhooks/${id}`);
      return result;
    };
    for (const [name, { events, change }] of Object.entries(KINDS)) {
      const results = [];
      for (let round = 0; round < rounds; round += 1) {
        await settle();
        const alone = events * (await rateOf(seconds, change));
        await settle();
        const kept = await withEndpoints(GONE, async () => {
          const [before, start] = [await outbox(), performance.now()];
          const rate = events * (await rateOf(seconds, change));
          await settle();
          return { rate, written: ((await outbox()) - before) / ((performance.now() - start) / 1000) };
        });
        const told = await withEndpoints(204, async () => {
          const rate = events * (await rateOf(seconds, change));
          const [before, from] = [received, performance.now()];
          await settle(seconds * 1000);
          return { rate, sent: (received - before) / ((performance.now() - from) / 1000) };
        });
        results.push({ alone, kept, told });
      }
      const middle = (valueOf) => results.map(valueOf).sort((a, b) => a - b)[Math.floor(rounds / 2)];
      const ratios = (valueOf) =>
        `${middle(valueOf).toFixed(2)} (${results.map((one) => valueOf(one).toFixed(2)).join(' ')})`;
      console.log(
        `webhooks, keys ${name}: ${middle(({ alone }) => alone).toFixed(0)} events/s; for ${ENDPOINTS} endpoints ` +
          `written ${middle(({ kept }) => kept.rate).toFixed(0)}, ratio ${ratios(({ kept, alone }) => kept.rate / alone)}, ` +
          `sent as well ${middle(({ told }) => told.rate).toFixed(0)}, ratio ${ratios(({ told, alone }) => told.rate / alone)}; ` +
          `${middle(({ kept }) => kept.written).toFixed(0)} deliveries/s written, the rest sent at ${middle(({ told }) => told.sent).toFixed(0)}/s`,
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
