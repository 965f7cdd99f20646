/** A merchant's service that verifies keys in its own process. Its parent asks it about keys, and sets its clocks. */
import { verifier } from '../../packages/verifier/dist/esm/index.js';

const [url, key, broken] = process.argv.slice(2);
if (broken) await import(broken);

let aheadMs = 0;
const clock = { steadyMs: () => performance.now(), wallMs: () => Date.now() + aheadMs };
const onError = () => undefined;
const verify = await verifier({ url, key, onError, clock });

process.on('message', async ({ number, credential, jumpMs }) => {
  if (jumpMs !== undefined) {
    aheadMs += jumpMs;
    return;
  }
  const { valid, outcome } = await verify(credential, { ip: '127.0.0.1' });
  process.send({ number, status: valid ? 204 : outcome === 'UNAVAILABLE' ? 503 : 401 });
});
process.on('disconnect', () => process.exit());
process.send({ isReady: true });
