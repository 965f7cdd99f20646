import cluster from 'node:cluster';

const READY = 'keywright.ready';

/** Tells the process that has started this one, if there is one, that it serves. */
export function tellReady(): void {
  if (cluster.isWorker) process.send?.({ kind: READY });
}

/** Whether a worker's message says that it serves. */
export const isReady = (message: unknown): boolean => (message as { kind?: unknown } | null)?.kind === READY;

/** Whether this process is the one that says what people at a terminal are told: the only one, or the first of several. */
export const isSpokesman = (): boolean => cluster.isPrimary || cluster.worker?.id === 1;
