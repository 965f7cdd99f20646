// The server, in a process that tells when it is ready, and how it is when it is asked.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { createApp } from '../dist/src/app.js';
import { loadConfig } from '../dist/src/platform/config/config.js';

const config = loadConfig(process.env);
const { app } = await createApp(config, false);
await app.listen(config.PORT, config.HOST);
const delay = monitorEventLoopDelay({ resolution: 5 });
process.on('message', () => {
  delay.disable();
  const delayP99Ms = delay.percentile(99) / 1e6;
  // What is left after a collection is what is held.
  globalThis.gc?.();
  process.send({ heapUsed: process.memoryUsage().heapUsed, delayP99Ms });
  delay.reset();
  delay.enable();
});
process.send('ready');
