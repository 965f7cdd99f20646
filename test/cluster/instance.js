import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { fileURLToPath } from 'node:url';
import { freePort } from '../support/mariadb.js';
import { killAtExit } from '../support/process-end.js';

const MAIN = fileURLToPath(new URL('../../dist/src/main.js', import.meta.url));

/** One server process, and what happens to it. */
export class Instance {
  /** Times, by performance.now(), at which it could not answer as it should: paused, killed or cut off. */
  faults = [];
  #agent = new Agent({ keepAlive: true });
  #process;
  #environment;
  #options;
  #log = '';

  /**
   * @param folder where the process runs, if not here
   * @param main another program than the one that is built here
   */
  constructor(name, environment, { folder, main = MAIN } = {}) {
    this.name = name;
    this.#environment = environment;
    this.#options = { folder, main };
  }

  async start() {
    this.port ??= await freePort();
    const { folder, main } = this.#options;
    const process_ = spawn(process.execPath, [main], {
      env: { PATH: process.env.PATH, PORT: String(this.port), ...this.#environment },
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#process = process_;
    killAtExit(process_);
    await new Promise((resolve, reject) => {
      const keep = (chunk) => {
        this.#log += chunk;
        if (this.#log.includes('Keywright is ready')) resolve();
      };
      process_.stdout.on('data', keep);
      process_.stderr.on('data', keep);
      process_.once('exit', () => reject(new Error(`${this.name} did not start:\n${this.#log}`)));
    });
    this.#log = '';
  }

  /** The most memory that it has held since it started, in bytes. */
  get peakBytes() {
    const [, kilobytes] = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${this.#process.pid}/status`, 'utf8'));
    return Number(kilobytes) * 1024;
  }

  pause() {
    this.#process.kill('SIGSTOP');
  }

  resume() {
    this.#process.kill('SIGCONT');
  }

  kill() {
    return this.#end('SIGKILL');
  }

  /** Ends it in good order. */
  terminate() {
    return this.#end('SIGTERM');
  }

  async #end(signal) {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const ended = new Promise((resolve) => this.#process.once('exit', resolve));
    this.#process.kill(signal);
    await ended;
    this.#agent.destroy();
  }

  /** One request; `status` is 0 when there was no answer. */
  call(method, path, { token, basic, json, form, headers: others } = {}) {
    const body = form ? new URLSearchParams(form).toString() : json && JSON.stringify(json);
    const type = form ? 'application/x-www-form-urlencoded' : 'application/json';
    const headers = {
      ...others,
      ...(token && { authorization: `Bearer ${token}` }),
      ...(basic && { authorization: `Basic ${Buffer.from(basic).toString('base64')}` }),
      ...(body && { 'content-type': type, 'content-length': Buffer.byteLength(body) }),
    };
    return new Promise((resolve) => {
      const asked = request({ agent: this.#agent, port: this.port, host: '127.0.0.1', method, path, headers });
      asked.on('error', () => resolve({ status: 0 }));
      asked.on('response', (response) => {
        let text = '';
        response.on('data', (chunk) => (text += chunk));
        response.on('error', () => resolve({ status: 0 }));
        response.on('end', () =>
          resolve({ status: response.statusCode, headers: response.headers, text, body: parse(text) }),
        );
      });
      asked.end(body);
    });
  }

  /** Asks the gateways' question; a credential is a full key, a session's token, or `key:secret`. */
  check(credential) {
    return this.call(
      'GET',
      '/api/v1/keys/check',
      credential.includes(':') ? { basic: credential } : { token: credential },
    );
  }
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
