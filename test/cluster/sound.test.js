import { after, describe } from 'node:test';
import { Cluster } from './cluster.js';
import { counts, FLUSH_MS } from './counts.js';
import { power } from './power.js';
import { rotation } from './rotation.js';

describe('three instances that nothing happens to but what a test does', () => {
  let starting;
  const cluster = () => (starting ??= Cluster.start({ settings: { USAGE_FLUSH_INTERVAL_MS: String(FLUSH_MS) } }));
  after(async () => (await starting)?.stop());

  power(cluster);
  rotation(cluster);
  counts(cluster);
});
