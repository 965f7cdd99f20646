/** Guarantees of settings in a file: every command reads `.env` of its folder, or the file that it is given, and the environment overrules it. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readEnvironmentFile } from '../../src/cli/shell/environment-file.js';
import { runCommand, type CommandResult } from '../support/command.js';
import { SECRETS } from '../support/production.js';
import { newFolder, Program, removeFolder } from '../support/program.js';

describe('a file with settings', () => {
  let folder: string;
  beforeEach(() => {
    folder = newFolder();
  });
  afterEach(() => removeFolder(folder));
  const write = (content: string, name = '.env'): void => writeFileSync(join(folder, name), content);
  const run = (line: string, variables?: Record<string, string>): Promise<CommandResult> =>
    runCommand(folder, line.split(' '), variables);
  const refused = (problem: string): CommandResult => ({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(problem),
  });

  it('is .env in the working folder, for the server and for commands', async () => {
    const lines = Object.entries({ ...SECRETS, ADMIN_USERNAME: '"root"', DATABASE_URL: "'sqlite:own.sqlite'" });
    write(`# Settings\n\n${lines.map((pair) => `export ${pair.join('=')} # one\n`).join('')}`);
    const program = await Program.start(folder);
    expect(program.stdout).toContain('User name      root');
    expect(await program.end('SIGTERM')).toBe(0);
    expect(await run('audit verify')).toMatchObject({ code: 0, stdout: expect.stringMatching(/^valid/) });
    expect((await run('secrets status')).code).toBe(0);
  });

  it('is overruled by the environment', async () => {
    write('DATABASE_URL=sqlite:nowhere\n');
    expect(await run('audit verify')).toEqual(refused('^There is no database at nowhere: '));
    expect(await run('audit verify', { DATABASE_URL: 'sqlite:elsewhere' })).toEqual(
      refused('no database at elsewhere'),
    );
    expect(await run('audit verify', { DATABASE_URL: '' })).toEqual(refused('no database at data/keywright.sqlite'));
  });

  it.each(['audit verify --env-file other.env', '--env-file other.env audit verify'])(
    'is another one with "%s", and then no .env',
    async (line) => {
      write('DATABASE_URL=sqlite:nowhere\nPORT=x\n');
      write('DATABASE_URL=sqlite:elsewhere\n', 'other.env');
      expect(await run(line)).toEqual(refused('^There is no database at elsewhere: '));
    },
  );

  it('must be there if it is named', async () => {
    expect(() => readEnvironmentFile('none.env')).toThrow(
      /^Keywright cannot start: the settings in none\.env cannot be read \(ENOENT[^\n]+\)\.$/,
    );
    // Node 20 looks at this option itself, wherever it stands, and ends with 9.
    const { code, stderr } = await run('serve --env-file none.env');
    expect([1, 9]).toContain(code);
    expect(stderr).toMatch(/^[^\n]*none\.env[^\n]*not? (such file|found)[^\n]*\n$/);
  });

  it('stops the start by a misspelt or wrong setting, as the environment does', async () => {
    write('JWT_TTL_SECOND=60\n');
    expect(await run('serve')).toEqual(
      refused('^Keywright cannot start: JWT_TTL_SECOND is not a setting; did you mean JWT_TTL_SECONDS\\?\\n$'),
    );
    write('PORT=http\n');
    expect(await run('serve')).toEqual(refused('^Keywright cannot start: PORT must be a whole number .+\\n$'));
  });

  it.each([
    ['PORT 3000', 1],
    ['# x\n\nPORT: 3000', 3],
    ['A="one\ntwo"\nPORT', 3],
    ['=3000', 1],
  ])('with %j is refused, and the line named', async (content, line) => {
    write(`${content}\n`);
    expect(await run('serve')).toEqual(
      refused(`^Keywright cannot start: line ${line} of \\.env is neither NAME=value nor a comment \\(#\\)\\.\\n$`),
    );
  });

  it('is read line by line, quotes and all', () => {
    const content = `KWT_A = plain # a comment\r\nKWT_B="two\nlines"\nKWT_C='a # b' # c\n  # indented\nKWT_D=\nKWT_E=it's`;
    write(content, 'x.env');
    readEnvironmentFile(join(folder, 'x.env'));
    const { KWT_A: a, KWT_B: b, KWT_C: c, KWT_D: d, KWT_E: e } = process.env;
    for (const name of ['KWT_A', 'KWT_B', 'KWT_C', 'KWT_D', 'KWT_E']) Reflect.deleteProperty(process.env, name);
    expect([a, b, c, d, e]).toEqual(['plain', 'two\nlines', 'a # b', '', "it's"]);
  });

  it('is no folder, such as a virtual environment', async () => {
    mkdirSync(join(folder, '.env'));
    expect(await run('audit verify')).toEqual(refused('no database at data/keywright.sqlite'));
  });
});
