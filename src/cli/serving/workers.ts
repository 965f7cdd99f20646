import cluster, { type Worker } from 'node:cluster';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../../platform/config/config.js';
import { answerWithMetricsOfAll } from '../../platform/observability/metrics/worker-metrics.js';
import { createLogger } from '../../platform/observability/logs/server-logger.js';
import { EXIT } from '../shell/failure.js';
import { SIGNALS, STOP_MS } from './stop.js';
import { isReady } from './worker-ready.js';

/** A worker that has ended unasked is replaced after a second, and after twice as long each time that its successor ends soon. */
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 30_000;

/** A worker that has served for so long did not end because it could not start. */
const SOUND_AFTER_MS = 60_000;

/** How much later than it would end itself a worker is ended. */
const GRACE_MS = 1000;

/**
 * Serves from several processes behind one port, and replaces those that end unasked. Each is an instance of its own, with its own lease. The first
 * one prepares the database, and the others start when it is ready; if it can't, all end.
 */
export function startWorkers(config: Config): void {
  new Workers(config).start();
}

class Workers {
  private readonly log;
  private pauseMs = FIRST_PAUSE_MS;
  private isReady = false;
  private isStopping = false;
  private signals = 0;

  constructor(private readonly config: Config) {
    this.log = createLogger(config);
  }

  start(): void {
    answerWithMetricsOfAll();
    for (const signal of SIGNALS)
      process.on(signal, () => {
        this.stop(signal);
      });
    this.fork();
  }

  private fork(): void {
    const worker = cluster.fork();
    const startedMs = performance.now();
    worker.on('message', (message: unknown) => {
      if (isReady(message)) this.onReady();
    });
    worker.on('exit', (code: number | null, signal: NodeJS.Signals | null) => {
      this.onExit(worker, performance.now() - startedMs, signal ?? code ?? EXIT.failed);
    });
  }

  private onReady(): void {
    if (this.isReady || this.isStopping) return;
    this.isReady = true;
    for (let number = 1; number < this.config.workers; number += 1) this.fork();
  }

  private onExit({ process: { pid } }: Worker, livedMs: number, ending: number | string): void {
    if (this.isStopping) {
      if (this.living.length === 0) process.exit(this.signals > 1 && typeof ending === 'number' ? ending : EXIT.ok);
      return;
    }
    // The first one has said why it could not start.
    if (!this.isReady) process.exit(EXIT.failed);
    if (livedMs > SOUND_AFTER_MS) this.pauseMs = FIRST_PAUSE_MS;
    const pauseMs = this.pauseMs;
    this.pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
    this.log.error(`Worker ${pid} has ended (${ending}). Another one starts in ${pauseMs / 1000} s.`, 'Keywright');
    setTimeout(() => {
      if (!this.isStopping) this.fork();
    }, pauseMs);
  }

  private get living(): Worker[] {
    return Object.values(cluster.workers ?? {}).filter((worker) => worker?.isDead() === false) as Worker[];
  }

  /** Passes a signal on to the workers, which answer what is under way, and ends with the last of them. */
  private stop(signal: (typeof SIGNALS)[number]): void {
    this.signals += 1;
    for (const worker of this.living) worker.process.kill(signal);
    if (this.isStopping) return;
    this.isStopping = true;
    if (this.living.length === 0) process.exit(EXIT.ok);
    const waitMs = this.config.SHUTDOWN_DELAY_SECONDS * 1000 + STOP_MS + GRACE_MS;
    void sleep(waitMs, undefined, { ref: false }).then(() => {
      for (const worker of this.living) worker.process.kill('SIGKILL');
      process.exit(EXIT.failed);
    });
  }
}
