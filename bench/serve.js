// The server, in a process that tells when it is ready, and how it is when it is asked.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { createApp } from '../dist/src/app.js';
import { loadConfig } from '../dist/src/platform/config/config.js';

const config = loadConfig(process.env);
const { app } = await createApp(config, false);
await app.listen(config.PORT, config.HOST);
const RESOLUTION_MS = 1;
const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
let rssAtReset = 0;
let rssMax = 0;
setInterval(() => (rssMax = Math.max(rssMax, process.memoryUsage.rss())), 50).unref();

const ANSWERS = {
  reset() {
    globalThis.gc?.();
    rssAtReset = rssMax = process.memoryUsage.rss();
    delay.reset();
    return {};
  },
  report() {
    const delayMaxMs = delay.max / 1e6 - RESOLUTION_MS;
    const delayP99Ms = delay.percentile(99) / 1e6 - RESOLUTION_MS;
    const grownMb = (Math.max(rssMax, process.memoryUsage.rss()) - rssAtReset) / 1e6;
    // What is left after a collection is what is held.
    globalThis.gc?.();
    return { heapUsed: process.memoryUsage().heapUsed, delayMaxMs, delayP99Ms, grownMb };
  },
};

process.on('message', (question) => process.send((ANSWERS[question] ?? ANSWERS.report)()));
delay.enable();
process.send('ready');
