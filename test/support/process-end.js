import { setTimeout as sleep } from 'node:timers/promises';

/** Jest kills a worker that takes half a second to end. */
const PATIENCE_MS = 200;

/** Child processes that are running. */
const children = new Set();

/** What has to be closed before this process ends. */
const closers = [];

/** Has a child process end with this one, also when a signal such as Ctrl+C ends it. */
export function killAtExit(child) {
  children.add(child);
  child.once('exit', () => children.delete(child));
}

/** Has something closed once Jest needs this process no longer. */
export function closeAtEnd(close) {
  closers.push(close);
}

export async function closeAll() {
  for (const close of closers.splice(0)) await close();
}

process.once('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(1));
// Jest's main process has ended, and nothing else would end its worker.
process.once('disconnect', () => process.exit(1));
// Jest's worker stops to listen when there are no more test files.
process.on('removeListener', (event) => {
  if (event === 'message') void Promise.race([closeAll(), sleep(PATIENCE_MS)]).then(() => process.exit());
});
