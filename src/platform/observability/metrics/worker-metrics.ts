import cluster, { type Worker } from 'node:cluster';
import { AggregatorRegistry, type Registry } from 'prom-client';

/** How long the metrics of a worker are waited for. */
const WAIT_MS = 1000;

/** What workers and the process that has started them say to each other. */
type Message =
  | { kind: 'metrics.wanted'; request: number }
  | { kind: 'metrics.own'; request: number; metrics: object[] }
  | { kind: 'metrics.ofAllWanted'; request: number }
  | { kind: 'metrics.ofAll'; request: number; text: string };

const isMessage = (message: unknown): message is Message =>
  String((message as { kind?: unknown } | null)?.kind).startsWith('metrics.');

/** In a worker: answers with its own metrics when they are wanted, and asks for those of all. */
export class WorkerMetrics {
  private requests = 0;
  private readonly waiting = new Map<number, (text: string | null) => void>();

  /** @param read returns the worker's own metrics */
  constructor(read: () => Promise<Registry>) {
    process.on('message', (message: unknown) => {
      if (!isMessage(message)) return;
      const { request } = message;
      if (message.kind === 'metrics.ofAll') this.waiting.get(request)?.(message.text);
      else if (message.kind === 'metrics.wanted')
        void read()
          .then((registry) => registry.getMetricsAsJSON())
          .then((metrics) => process.send?.({ kind: 'metrics.own', request, metrics } satisfies Message));
    });
  }

  /** Returns the metrics of all workers; `null` if they don't come in time. */
  async ofAll(): Promise<string | null> {
    const request = (this.requests += 1);
    const text = await new Promise<string | null>((resolve) => {
      this.waiting.set(request, resolve);
      setTimeout(resolve, 2 * WAIT_MS, null).unref();
      process.send?.({ kind: 'metrics.ofAllWanted', request } satisfies Message);
    });
    this.waiting.delete(request);
    return text;
  }
}

/** In the process that has started the workers: collects the metrics of all for one that wants them. */
export function answerWithMetricsOfAll(): void {
  let requests = 0;
  cluster.on('message', (worker: Worker, message: unknown) => {
    if (!isMessage(message) || message.kind !== 'metrics.ofAllWanted') return;
    const { request } = message;
    void collect((requests += 1)).then((text) => {
      if (worker.isConnected()) worker.send({ kind: 'metrics.ofAll', request, text } satisfies Message);
    });
  });
}

/** Returns the metrics of the workers that answer in time, as text. Each has a label that tells its worker. */
async function collect(request: number): Promise<string> {
  const workers = Object.values(cluster.workers ?? {}).filter((worker) => worker?.isConnected()) as Worker[];
  const collected: object[][] = [];
  await new Promise<void>((resolve) => {
    const onMessage = (_worker: Worker, message: unknown): void => {
      if (!isMessage(message) || message.kind !== 'metrics.own' || message.request !== request) return;
      collected.push(message.metrics);
      if (collected.length === workers.length) done();
    };
    const timer = setTimeout(done, WAIT_MS);
    function done(): void {
      clearTimeout(timer);
      cluster.off('message', onMessage);
      resolve();
    }
    cluster.on('message', onMessage);
    for (const worker of workers) worker.send({ kind: 'metrics.wanted', request } satisfies Message);
  });
  return AggregatorRegistry.aggregate(collected).metrics();
}
