import assert from 'node:assert/strict';
import { it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { temporaryFolder } from './support/databases.js';
import { Load, SECRETS, Server } from './support/server.js';
import { ROUNDS } from './support/rounds.js';
import { reportCounts } from './support/report.js';

const FLUSH_MS = 1000;

/** How long the writing of counts may take on a busy machine. */
const WRITING_MS = 2000;

const METRICS_TOKEN = 'token-for-the-metrics';

const KEYS = 20;
const BATCH = 20;
const CALLERS = 4;
const PAUSE_MS = 5;

/** How long the oldest count that isn't written has waited at the most, by the server's own measure. */
async function flushLagMs(server) {
  const { text } = await server.call('GET', '/metrics', { token: METRICS_TOKEN });
  const [, seconds] = /^keywright_flush_lag_seconds\{of="usage"\} (\S+)$/m.exec(text);
  return Number(seconds) * 1000;
}

it('kill -9 loses counts since the begin of the last complete flush, which is one interval and the time of a flush ago at most', async () => {
  const folder = temporaryFolder();
  const url = `sqlite:${folder}/keywright.sqlite`;
  const settings = { ...SECRETS, DATABASE_URL: url, USAGE_FLUSH_INTERVAL_MS: String(FLUSH_MS), METRICS_TOKEN };
  const server = new Server(folder, settings);
  await server.start();
  const { merchant } = await Load.on(server);
  const applicationId = await merchant.application();
  const keys = await Promise.all(Array.from({ length: KEYS }, () => merchant.fullKey(applicationId)));
  const json = { keys: Array.from({ length: BATCH }, (_, number) => ({ key: keys[number % KEYS].credential })) };
  // Verifications of all rounds.
  let answered = 0;
  let lost = 0;
  let atRisk = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const answers = [];
    let isRunning = true;
    const call = async () => {
      while (isRunning) {
        const { status } = await server.call('POST', '/api/v1/keys/verify/batch', { token: merchant.token, json });
        if (status === 0) return;
        assert.equal(status, 200);
        answers.push(performance.now());
        await sleep(PAUSE_MS);
      }
    };
    const calls = Array.from({ length: CALLERS }, call);
    await sleep(2.5 * FLUSH_MS + Math.random() * FLUSH_MS);
    const askedAtMs = performance.now();
    const lagMs = await flushLagMs(server);
    await server.kill();
    assert.ok(lagMs < FLUSH_MS + WRITING_MS, `Counts have waited for ${lagMs} ms.`);
    isRunning = false;
    await Promise.all(calls);
    await server.start();
    answered += answers.length * BATCH;
    const lacking = answered - lost - (await counted(server, merchant, keys));
    const risky = answers.filter((atMs) => atMs >= askedAtMs - lagMs).length * BATCH;
    assert.ok(lacking <= risky, `${lacking} counts were lost, of which ${risky} were at risk.`);
    // What was counted and not answered can be no more than was under way.
    assert.ok(lacking >= -CALLERS * BATCH, `${-lacking} were counted and not answered.`);
    lost += lacking;
    atRisk += risky;
  }
  await server.kill();
  reportCounts('usage counts, kill -9 of the server, SQLite', ROUNDS, { answered, lost, atRisk });
});

async function counted(server, merchant, keys) {
  const usages = await Promise.all(
    keys.map(({ path }) => server.call('GET', `${path}/usage`, { token: merchant.token })),
  );
  return usages.flatMap(({ body }) => body.intervals).reduce((sum, { counts }) => sum + (counts.VALID ?? 0), 0);
}
