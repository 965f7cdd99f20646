/** Guarantees of README: its quick start runs as written, and it names every setting. */

import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { newFolder, Program, removeFolder } from '../support/program.js';

const QUICK_START = /## Quick start\n([\s\S]*?)\n## /.exec(readFileSync('README.md', 'utf8'))?.[1] ?? '';

/** The shell lines of the quick start, as a reader would paste them into one shell. */
const LINES = [...QUICK_START.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, lines = '']) => lines);

describe('README', () => {
  let folder: string;
  let program: Program;
  beforeAll(async () => {
    folder = newFolder();
    program = await Program.start(folder);
  });
  afterAll(async () => {
    await program.end('SIGTERM');
    await removeFolder(folder);
  });

  it('has a quick start that works by copy and paste', async () => {
    const [setting = '', ...steps] = LINES;
    expect(steps).toHaveLength(3);
    const script = [setting, ...steps]
      .join('\n')
      .replace('http://127.0.0.1:3000', program.url)
      .replace('the printed password', program.password);
    const { stdout } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', script]);
    expect(stdout).toContain('204 No Content');
    expect(stdout).toMatch(/x-key-level: 4/i);
    expect(stdout).toContain('"message":"API Key created"');
    expect(stdout).toMatch(/"apisecret":"[\da-f]{64}"/);
    expect(stdout).toMatch(/"result":"success","apikey":\{"key":/);
  });

  it('names every setting', () => {
    const readme = readFileSync('README.md', 'utf8');
    const config = readFileSync('src/platform/config/config.ts', 'utf8');
    const variables = [...config.matchAll(/^ {2}([A-Z]+(?:_[A-Z]+)+)[?:]/gm)].map(([, name = '']) => name);
    expect(variables.length).toBeGreaterThan(20);
    expect(variables.filter((name) => name !== 'NODE_ENV' && !readme.includes(`\`${name}\``))).toEqual([]);
  });
});
