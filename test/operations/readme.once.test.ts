/** Guarantees of README: its quick start runs as written, and it names every setting. */

import { readFileSync } from 'node:fs';
import { readShellBlocks } from '../support/markdown.js';
import { newFolder, Program, removeFolder } from '../support/program.js';
import { paste, type BlockResult } from '../support/shell.js';

const README = readFileSync('README.md', 'utf8');

/** The blocks of the quick start. */
const BLOCKS = readShellBlocks('README.md').filter(({ notRunBecause }) => notRunBecause === null);

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

  /** Pastes the quick start into one shell, as often as asked. */
  const start = (password: string, times = 1): Promise<BlockResult[]> => {
    const blocks = BLOCKS.map(({ lines }) =>
      lines.replace('http://127.0.0.1:3000', program.url).replace('the printed password', password),
    );
    return paste(Array<string[]>(times).fill(blocks).flat(), {});
  };

  const countApplications = async (): Promise<number> => {
    const token = await program.logIn(program.password);
    return (await program.call('GET', '/api/v1/applications', { token })).body.totalItems;
  };

  it('has a quick start that works by copy and paste, twice on the same server', async () => {
    const results = await start(program.password, 2);
    expect(results.map(({ exitStatus, stderr }) => [exitStatus, stderr])).toEqual(
      Array<unknown>(2 * BLOCKS.length).fill([0, '']),
    );
    expect(results.flatMap(({ requests }) => requests).filter((request) => !/^2\d\d /.test(request))).toEqual([]);
    for (const run of [results.slice(0, BLOCKS.length), results.slice(BLOCKS.length)]) {
      const stdout = run.map((result) => result.stdout).join('');
      expect(stdout).toContain('204 No Content');
      expect(stdout).toMatch(/^x-key-level: 4/im);
      expect(stdout).toContain('"valid":true,"outcome":"VALID"');
    }
    expect(await countApplications()).toBe(2);
  });

  it('has a quick start that says that a password is wrong, and stops', async () => {
    const before = await countApplications();
    const results = await start('not the password');
    // The shell is still there after the last block.
    expect(results).toHaveLength(BLOCKS.length);
    const failed = results.find(({ requests }) => requests.length > 0);
    expect(failed?.requests).toEqual([`401 ${program.url}/api/v1/auth/login`]);
    expect(failed?.exitStatus).not.toBe(0);
    expect(failed?.stdout).toBe('');
    expect(failed?.stderr).toMatch(/^The answer has no accessToken: .*"Wrong username or password"/);
    expect(failed?.stderr.split('\n')).toEqual([expect.any(String), '']);
    expect(JSON.stringify(results)).not.toContain('undefined');
    expect(await countApplications()).toBe(before);
  });

  it('has a quick start that says that no server answers', async () => {
    const blocks = BLOCKS.map(({ lines }) => lines.replace('http://127.0.0.1:3000', 'http://127.0.0.1:1'));
    const [, failed] = await paste(blocks, {});
    expect(failed?.exitStatus).not.toBe(0);
    expect(failed?.stderr).toMatch(/Failed to connect[\s\S]*The answer has no accessToken: it is empty\n$/);
  });

  it('is an introduction', () => {
    expect(README.trimEnd().split('\n').length).toBeLessThanOrEqual(200);
  });
});
