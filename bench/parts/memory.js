// What every request or verification does in memory, against the libraries that do the same. In a process of its own.
import { AsyncLocalStorage } from 'node:async_hooks';
import { hash, randomBytes, randomUUID } from 'node:crypto';
import prometheus from 'prom-client';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { Histogram, OutcomeCounts, requestIds, SecretHasher, Rates, RateWindows } from './build.js';
import { compare } from './compare.js';

const { rounds, times } = JSON.parse(process.argv[2]);
const often = { rounds, times: 100 * times };
const moreOften = { rounds, times: 1000 * times };

const LIMIT = 1_000_000_000;
const WINDOW_SECONDS = 3600;
for (const [name, count] of [
  ['one key', 1],
  ['10,000 keys', 10_000],
]) {
  const ids = Array.from({ length: count }, () => randomUUID());
  const windows = new RateWindows({ KEYRING_MAX_KEYS: 100_000 });
  const rates = new Rates({ redis: null, isReady: false }, { shareOf: ({ limit }) => limit }, windows);
  const limits = ids.map((id) => [{ id, subjectId: id, name: 'key', limit: LIMIT, windowSeconds: WINDOW_SECONDS }]);
  const limiter = new RateLimiterMemory({ points: LIMIT, duration: WINDOW_SECONDS });
  await compare(
    `limiting the rate of ${name}, against RateLimiterMemory`,
    often,
    (n) => rates.consume(limits[n % count], 1, Date.now()),
    (n) => limiter.consume(ids[n % count]),
  );
}

const outcomes = new OutcomeCounts();
const { bounds } = outcomes.latencies;
const durations = Array.from({ length: 1000 }, (_, n) => bounds[0] * 10 ** (n / 250));
const histogram = new Histogram(bounds);
const theirs = new prometheus.Histogram({ name: 'duration', help: 'h', buckets: [...bounds], registers: [] });
await compare(
  "observing a duration, against prom-client's Histogram",
  moreOften,
  (n) => histogram.observe(durations[n % 1000]),
  (n) => theirs.observe(durations[n % 1000]),
);

const counter = new prometheus.Counter({ name: 'outcome', help: 'h', labelNames: ['outcome'], registers: [] });
const verdict = { outcome: 'VALID', key: null, rates: [], quotas: [] };
const countTheirs = ({ outcome }, startMs) => {
  counter.inc({ outcome });
  theirs.observe((performance.now() - startMs) / 1000);
};
await compare(
  "counting a verification, against prom-client's Counter and Histogram",
  moreOften,
  () => outcomes.count(verdict, performance.now()),
  () => countTheirs(verdict, performance.now()),
);

const hasher = new SecretHasher({ KEY_PEPPERS: [randomBytes(32).toString('hex')] });
const secret = randomBytes(19).toString('hex');
const stored = hasher.hash(secret);
const salt = randomBytes(12).toString('base64');
const digest = hash('sha256', salt + secret, 'binary');
await compare(
  'recognising a secret that was right before, against comparing its HMAC',
  often,
  () => hash('sha256', salt + secret, 'binary') === digest,
  () => hasher.matches(secret, stored),
);

const nextId = requestIds();
await compare('a request id, against randomUUID', moreOften, nextId, () => randomUUID());

const storage = new AsyncLocalStorage();
const threePromises = async () => {
  await null;
  await null;
};
await compare(
  'a promise while AsyncLocalStorage is off between held transactions, against leaving it on',
  often,
  (n) => {
    if (n === 0) storage.disable();
    return threePromises();
  },
  (n) => {
    if (n === 0) storage.run({}, () => undefined);
    return threePromises();
  },
);
