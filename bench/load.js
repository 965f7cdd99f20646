// Load from wrk, and what a server takes of the processor meanwhile.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { find } from '../test/support/packages.js';

const CONNECTIONS = 50;

/** The length of a tick of the processor time in /proc, in microseconds. */
const TICK_US = 10_000;

/**
 * Loads a URL for some seconds.
 *
 * @param isPinned whether the load has the second core for itself
 * @param pid the server, to say what it takes of the processor
 * @returns requests per second, the 99th percentile of their latency in milliseconds and, with `pid`, the processor time of one in microseconds
 */
export function load(
  wrk,
  url,
  key,
  { options = [], seconds, connections = CONNECTIONS, isPinned = true, pid = process.pid },
) {
  const parameters = ['-t1', `-c${connections}`, `-d${seconds}`, '--latency', '-H', `Authorization: Bearer ${key}`];
  const all = [...parameters, ...options, url];
  const before = cpuUs(pid);
  const output = execFileSync(...(isPinned ? onCore(1, wrk, all) : [wrk, all])).toString();
  const used = cpuUs(pid) - before;
  if (/Non-2xx/.test(output)) throw new Error(output);
  const [, p99, unit] = /99%\s+([\d.]+)(us|ms|s)/.exec(output);
  return {
    rate: Number(/Requests\/sec:\s+([\d.]+)/.exec(output)[1]),
    p99Ms: Number(p99) * { us: 0.001, ms: 1, s: 1000 }[unit],
    cpuUs: used / Number(/(\d+) requests in/.exec(output)[1]),
  };
}

export const requestsPerSecond = (wrk, url, key, options, seconds, more) =>
  load(wrk, url, key, { ...more, options, seconds }).rate;

/** Gives a server the first core for itself, where the machine can do that. */
export function pin(pid) {
  if (find('taskset')) execFileSync('taskset', ['-acp', '0', String(pid)], { stdio: 'ignore' });
}

/** The load generator gets a core of its own. */
export function onCore(core, program, parameters) {
  return find('taskset') && cpus().length > core
    ? ['taskset', ['-c', String(core), program, ...parameters]]
    : [program, parameters];
}

/** The processor time that a process has taken, in microseconds; 0 where there is no /proc. */
export function cpuUs(pid) {
  const fields = readProc(pid, 'stat')
    .replace(/^.*\) /, '')
    .split(' ');
  const [user = 0, system = 0] = fields.slice(11, 13).map(Number);
  return (user + system) * TICK_US;
}

/** The resident memory of a process, in megabytes. */
export const residentMb = (pid) => (Number(/VmRSS:\s+(\d+)/.exec(readProc(pid, 'status'))?.[1] ?? 0) * 1024) / 1e6;

function readProc(pid, name) {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return '';
  }
}
