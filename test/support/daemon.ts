import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { killAtExit } from './process-end.js';

/** A program that runs in the foreground and listens on a loopback port, for the time of a test. */
export class Daemon {
  private constructor(private readonly child: ChildProcess) {}

  /** Resolves once it accepts connections. */
  static async start(path: string, args: string[], port: number): Promise<Daemon> {
    const child = spawn(path, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (output += text.toString()));
    killAtExit(child);
    for (let attempt = 0; attempt < 200 && child.exitCode === null; attempt += 1) {
      if (await accepts(port)) return new Daemon(child);
      await sleep(25);
    }
    child.kill('SIGKILL');
    throw new Error(`${path} did not start:\n${output}`);
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = once(this.child, 'exit');
    this.child.kill(signal);
    await ended;
  }
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
