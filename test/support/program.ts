import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { Agent } from 'node:http';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeFolder } from './folders.js';
import { send, type Answer, type RequestOptions } from './http.js';
import { killAtExit } from './process-end.js';

const MAIN = resolve('dist/src/main.js');

/** An empty folder to start the program in. */
export const newFolder = (): string => makeFolder('program');

/** The built program, running as a process of its own. */
export class Program {
  stdout = '';
  stderr = '';
  /** How long it took until it was ready. */
  readyMs = 0;
  private readonly agent = new Agent({ keepAlive: true });
  private readonly exited: Promise<number | NodeJS.Signals>;

  private constructor(private readonly child: ChildProcess) {
    killAtExit(child);
    child.stdout?.on('data', (chunk: Buffer) => (this.stdout += chunk.toString()));
    child.stderr?.on('data', (chunk: Buffer) => (this.stderr += chunk.toString()));
    // Not before all that it wrote has come.
    this.exited = once(child, 'close').then(([code, signal]) => (code ?? signal) as number | NodeJS.Signals);
  }

  /**
   * @param variables its whole environment, but for a free port
   * @param main the program, when it is not the current version
   */
  static launch(folder: string, variables: Record<string, string> = {}, main = MAIN): Program {
    const env = { PATH: process.env.PATH, PORT: '0', ...variables };
    return new Program(spawn(process.execPath, [main], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] }));
  }

  static async start(...launch: Parameters<typeof Program.launch>): Promise<Program> {
    const program = Program.launch(...launch);
    const start = performance.now();
    while (!program.stdout.includes('Keywright is ready.')) {
      if (program.child.exitCode !== null || performance.now() - start > 20_000)
        throw new Error(`The program did not start:\n${program.stdout}${program.stderr}`);
      await sleep(10);
    }
    program.readyMs = performance.now() - start;
    // The lines below the first come with it.
    await sleep(50);
    return program;
  }

  get url(): string {
    // In production a line of JSON, in which the pages may be at the address of a proxy.
    return (
      /(?:"url":"|(?:Console|Documentation|URL) +)(http:[^\s"]+?)(?:\/console|\/docs)?["\n]/.exec(this.stdout)?.[1] ??
      ''
    );
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  get password(): string {
    return /Password +(\S+)/.exec(this.stdout)?.[1] ?? '';
  }

  call(method: string, path: string, options: RequestOptions = {}): Promise<Answer> {
    return send(this.agent, this.url, method, path, options);
  }

  /** @returns a login token */
  async logIn(password: string): Promise<string> {
    const { body } = await this.call('POST', '/api/v1/auth/login', { json: { username: 'admin', password } });
    return body.accessToken;
  }

  /** Stops reading what it prints, as a log collector does that ends. */
  closeOutput(...streams: ('stdout' | 'stderr')[]): void {
    for (const stream of streams) this.child[stream]?.destroy();
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** @returns the exit code, or the signal that ended it */
  async end(signal?: NodeJS.Signals): Promise<number | NodeJS.Signals> {
    if (signal) this.child.kill(signal);
    const result = await this.exited;
    this.agent.destroy();
    return result;
  }
}

export const removeFolder = (folder: string): Promise<void> => rm(folder, { recursive: true, force: true });
