/** Guarantees of the documents: their shell blocks run as written, and their links lead somewhere. */

import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Config } from '../../src/platform/config/config.js';
import { DOCUMENTS, readAnchors, readLocalLinks, readShellBlocks, type ShellBlock } from '../support/markdown.js';
import { newFolder, Program, removeFolder } from '../support/program.js';
import { Receiver } from '../support/receiver.js';
import { paste, type BlockResult } from '../support/shell.js';

const BLOCKS = DOCUMENTS.flatMap(readShellBlocks);
const RUN = BLOCKS.filter(({ notRunBecause, runBy }) => notRunBecause === null && runBy === null);
const RUN_ELSEWHERE = BLOCKS.filter(({ runBy }) => runBy !== null);

const runsCommand = ({ lines }: ShellBlock): boolean => lines.startsWith('npx keywright ');
const isRefused = (request: string): boolean => !/^2\d\d /.test(request);

describe('documentation', () => {
  let folder: string;
  let receiver: Receiver;
  let program: Program;
  /** What the server is started with, which blocks that run the command need as well. */
  let variables: Record<string, string>;
  beforeAll(async () => {
    folder = newFolder();
    receiver = await Receiver.start();
    const secret = (): string => randomBytes(24).toString('hex');
    variables = {
      DATABASE_URL: `sqlite:${join(folder, 'keywright.sqlite')}`,
      JWT_SECRET: secret(),
      KEY_PEPPERS: secret(),
      ENCRYPTION_KEYS: secret(),
      WEBHOOK_ALLOWED_NETWORKS: '127.0.0.1/32',
    };
    program = await Program.start(folder, variables);
  });
  afterAll(async () => {
    await program.end('SIGTERM');
    await receiver.stop();
    await removeFolder(folder);
  });

  /** Pastes blocks into one shell, as often as asked, with what readers are told to put in. */
  function run(blocks: ShellBlock[], password: string, times = 1): Promise<BlockResult[]> {
    const own: [placeholder: string, value: string][] = [
      ['http://127.0.0.1:3000', program.url],
      ['the printed password', password],
      ['https://example.com/keywright', receiver.url],
    ];
    for (const [placeholder] of own) expect(blocks.filter(({ lines }) => lines.includes(placeholder))).toHaveLength(1);
    const once = blocks.map(({ lines }) => own.reduce((text, [from, to]) => text.replace(from, to), lines));
    return paste(Array<string[]>(times).fill(once).flat(), variables);
  }

  it('says of every shell block that is not run why it is not', () => {
    const comments = DOCUMENTS.flatMap((file) => [
      ...readFileSync(file, 'utf8').matchAll(/^ *<!-- (not run|run by)/gm),
    ]);
    expect(comments).toHaveLength(BLOCKS.length - RUN.length);
    expect(RUN.length).toBeGreaterThan(15);
    const fences = DOCUMENTS.flatMap((file) => [...readFileSync(file, 'utf8').matchAll(/^ *```sh$/gm)]);
    expect(fences).toHaveLength(BLOCKS.length);
  });

  it('has shell blocks that a shell can read, also those that are not run', () => {
    for (const { place, lines } of BLOCKS)
      expect([place, spawnSync('bash', ['-n'], { input: lines, encoding: 'utf8' }).stderr]).toEqual([place, '']);
  });

  it('names for other shell blocks a test that runs them', () => {
    for (const test of new Set(RUN_ELSEWHERE.map(({ runBy }) => runBy ?? '')))
      expect([test, readFileSync(test, 'utf8').includes(`readBlocksRunBy('${test}')`)]).toEqual([test, true]);
  });

  it('has shell blocks that work by copy and paste, twice on the same server', async () => {
    const results = await run(RUN, program.password, 2);
    expect(results).toHaveLength(2 * RUN.length);
    const failures = results.flatMap(({ exitStatus, stderr, requests }, index) => {
      const refused = requests.filter(isRefused);
      const isGood = exitStatus === 0 && stderr === '' && refused.length === 0;
      return isGood ? [] : [{ place: RUN[index % RUN.length]?.place, exitStatus, stderr, refused }];
    });
    expect(failures).toEqual([]);
    // A block that asks the server nothing sets the shell up, or runs the command.
    const silent = RUN.filter((block, index) => results[index]?.requests.length === 0 && !runsCommand(block));
    expect(silent.map(({ lines }) => lines.split(' ', 2))).toEqual([['export', expect.stringMatching(/^KEYWRIGHT=/)]]);
  }, 180_000);

  it('has shell blocks that do nothing, and say why, with a wrong password', async () => {
    const blocks = RUN.filter((block) => !runsCommand(block));
    const results = await run(blocks, 'not the password');
    expect(results).toHaveLength(blocks.length);
    const requests = results.flatMap((result) => result.requests);
    expect(requests.filter((request) => !isRefused(request))).toEqual([`200 ${program.url}/health/ready`]);
    expect(JSON.stringify(results)).not.toContain('undefined');
    // A block that fails says so, and what the server has answered.
    for (const { exitStatus, stderr } of results)
      expect([exitStatus !== 0, stderr]).toEqual([
        exitStatus !== 0,
        exitStatus === 0 ? '' : expect.stringMatching(/^The answer has no \S+: \{.+\}\n/),
      ]);
  }, 180_000);

  it('has links that lead to files and headings that are there', () => {
    const broken = DOCUMENTS.flatMap((file) =>
      readLocalLinks(file)
        .filter((link) => !leadsSomewhere(file, link))
        .map((link) => `${file}: ${link}`),
    );
    expect(broken).toEqual([]);
  });

  it('names every setting with its default, and no other', () => {
    const rows = [...readFileSync('docs/configuration.md', 'utf8').matchAll(/^\| `([A-Z_]+)` +\| (.+?) +\| .+ \|$/gm)];
    const documented = Object.fromEntries(rows.map(([, name = '', value = '']) => [name, value]));
    const config = new Config();
    expect(rows.map(([, name]) => name).sort()).toEqual(Object.keys(config).sort());
    for (const [name, value] of Object.entries(config)) {
      // A setting without a default says in words what holds instead.
      const expected =
        value === undefined
          ? expect.stringMatching(/^(none|generated|the system's|(.+ in production|.+ with SQLite), else .+)$/)
          : `\`${value}\``;
      expect([name, documented[name]]).toEqual([name, expected]);
    }
  });
});

function leadsSomewhere(file: string, link: string): boolean {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? file : join(dirname(file), path);
  return existsSync(target) && (anchor === undefined || readAnchors(target).includes(anchor));
}
