import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Megabytes of the heap that are in use, after everything that isn't has been collected. */
export function heapUsedMb(): number {
  collect();
  return process.memoryUsage().heapUsed / 2 ** 20;
}
