import assert from 'node:assert/strict';
import { it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Cluster } from './cluster.js';
import { Traffic } from './traffic.js';

/** Runs some revocations on servers that have been broken on purpose. */
async function acceptedAfterwards(broken, fault) {
  const cluster = await Cluster.start({ main: fileURLToPath(new URL(`./broken/${broken}.js`, import.meta.url)) });
  try {
    const traffic = await Traffic.start(cluster, 60);
    await Promise.all([fault(cluster), traffic.revoke(60, 6000, 'broken')]).finally(() => traffic.stop());
    return traffic.history.acceptedAfterwards().length;
  } finally {
    await cluster.stop();
  }
}

it('sees when revocations are answered before every instance knows of them', async () => {
  assert.ok((await acceptedAfterwards('impatient', () => undefined)) > 0);
});

it('sees when an instance that was paused trusts what it remembers', async () => {
  assert.ok((await acceptedAfterwards('trustful', (cluster) => cluster.pause(cluster.instances[1], 5000))) > 0);
});
