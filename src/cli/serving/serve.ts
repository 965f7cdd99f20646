import cluster from 'node:cluster';
import { loadConfig } from '../../platform/config/config.js';
import { describeCrash, describeFailure } from '../shell/failure.js';
import { end } from './end.js';
import { outliveReaders } from './readers.js';

/** Starts the server, in as many processes as are set, which go on until a signal stops them. */
export async function serve(): Promise<void> {
  const crash = (error: unknown): never => end(describeCrash(error));
  process.on('uncaughtException', crash);
  outliveReaders(crash);
  await start().catch((error: unknown) => end(describeFailure(error)));
}

async function start(): Promise<void> {
  const config = loadConfig(process.env);
  // A process that only looks after others loads no more than that needs.
  if (cluster.isPrimary && config.workers > 1) (await import('./workers.js')).startWorkers(config);
  else await (await import('./server.js')).startServer(config);
}
