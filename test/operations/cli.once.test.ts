/** Guarantees of the `keywright` command: help that needs no manual, exit codes for scripts, and failures explained in one line. */

import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { runCommand, type CommandResult } from '../support/command.js';
import { newFolder, removeFolder } from '../support/program.js';

const COMMANDS = [
  'serve',
  'housekeeping',
  'doctor',
  'admin list',
  'admin create',
  'admin reset-password',
  'admin reset-second-factor',
  'admin unlock',
  'keys find',
  'keys revoke',
  'audit verify',
  'audit export',
  'backup',
  'restore',
  'secrets status',
  'secrets generate',
  'secrets rotate',
  'secrets reencrypt',
  'openapi',
  'seed',
];

describe('keywright', () => {
  let folder: string;
  beforeAll(() => {
    folder = newFolder();
  });
  afterAll(() => removeFolder(folder));
  const run = (line: string, variables?: Record<string, string>): Promise<CommandResult> =>
    runCommand(folder, line.split(' '), variables);

  it('lists its commands', async () => {
    const { code, stdout, stderr } = await run('--help');
    expect([code, stderr]).toEqual([0, '']);
    for (const command of COMMANDS) expect(stdout).toMatch(new RegExp(`^ {2}${command.split(' ')[0]} .*\\w`, 'm'));
    expect(await run('help')).toEqual({ code, stdout, stderr });
  });

  it.each(COMMANDS)('explains %s with its exit codes and an example', async (command) => {
    const { code, stdout, stderr } = await run(`${command} --help`);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(new RegExp(`^Usage: keywright ${command} `));
    expect(stdout).toMatch(/^Exit codes:\n {2}0 {2}.+\n {2}1 {2}.+\n {2}2 {2}wrong usage$/m);
    expect(stdout).toMatch(new RegExp(`^Examples:\n(?: {2}.*keywright ${command}.*\n)+$`, 'm'));
  });

  it('prints its version', async () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    expect(await run('--version')).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });

  it('is a program that the shell can run, as npx does', async () => {
    const { stdout } = await promisify(execFile)('dist/src/main.js', ['--help']);
    expect(stdout).toMatch(/^Usage: keywright /);
  });

  it.each([
    ['laundry', "error: unknown command 'laundry'"],
    ['audit launder', "error: unknown command 'launder'"],
    ['--port', "error: unknown option '--port'"],
    ['serve --port', "error: unknown option '--port'"],
    ['housekeeping --wet', "error: unknown option '--wet'"],
    ['audit verify --tail', "error: unknown option '--tail'"],
    ['openapi --output', "error: option '-o, --output <file>' argument missing"],
    ['serve 8080', "error: too many arguments for 'serve'. Expected 0 arguments but got 1."],
    ['audit', 'Usage: keywright audit [options] [command]'],
  ])('refuses "%s" as wrong usage', async (line, message) => {
    const { code, stdout, stderr } = await run(line);
    expect([code, stdout, stderr.split('\n')[0]]).toEqual([2, '', message]);
  });

  it.each([
    ['hosekeeping', 'housekeeping'],
    ['audit verfy', 'verify'],
    ['admin reset-pasword admin', 'reset-password'],
    ['housekeeping --dryrun', '--dry-run'],
    ['admin list --jsn', '--json'],
  ])('suggests what "%s" is meant to be', async (line, meant) => {
    const { code, stderr } = await run(line);
    expect([code, stderr]).toEqual([2, expect.stringContaining(`\n(Did you mean ${meant}?)\n`)]);
  });

  it.each([
    ['serve', 'sqlite:text', 'text is not an SQLite database'],
    ['audit verify', 'mariadb://keywright:a%20password@127.0.0.1:1/keywright', 'nothing answers at 127.0.0.1:1'],
    ['audit verify', 'sqlite:text', 'text is not an SQLite database'],
    ['housekeeping', 'sqlite:text', 'text is not an SQLite database'],
  ])('says in one line why %s cannot open the database %s', async (command, url, reason) => {
    await writeFile(join(folder, 'text'), 'This is no database.'.repeat(1000));
    const { code, stdout, stderr } = await run(command, { DATABASE_URL: url });
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^Keywright cannot open the database that DATABASE_URL names: [^\n]+\n$/);
    expect(stderr).toContain(`names: ${reason} (`);
  });

  it.each([
    'housekeeping',
    'housekeeping --dry-run',
    'admin list',
    'admin reset-password admin',
    'keys find text',
    'keys revoke id',
    'audit verify',
    'audit export',
    'secrets status',
    'secrets rotate KEY_PEPPERS',
    'secrets reencrypt',
    'backup b',
    'restore --apply-journal',
  ])('creates nothing by "%s" where there is no database', async (line) => {
    const empty = newFolder();
    expect(await runCommand(empty, line.split(' '), { DATABASE_URL: '', JWT_SECRET: '', KEY_PEPPERS: '' })).toEqual({
      code: 1,
      stdout: '',
      stderr: 'There is no database at data/keywright.sqlite: start the server first, or set DATABASE_URL.\n',
    });
    expect(readdirSync(empty)).toEqual([]);
    await removeFolder(empty);
  });

  it.each(['housekeeping', 'secrets status'])('generates no secrets by "%s"', async (line) => {
    const empty = newFolder();
    await writeFile(join(empty, 'db'), '');
    expect(await runCommand(empty, line.split(' '), { DATABASE_URL: 'sqlite:db' })).toEqual({
      code: 1,
      stdout: '',
      stderr:
        'JWT_SECRET, KEY_PEPPERS, ENCRYPTION_KEYS must be set, or be in data/secrets.json of the working directory.\n',
    });
    expect(readdirSync(empty)).toEqual(['db']);
    await removeFolder(empty);
  });

  it('writes the OpenAPI document, to standard output or to a file', async () => {
    const { code, stdout, stderr } = await run('openapi');
    expect([code, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout)).toMatchObject({ openapi: '3.1.0', info: { title: 'Keywright' } });
    expect(await run('openapi --output written.json')).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(readFileSync(join(folder, 'written.json'), 'utf8')).toBe(stdout);
    const failed = await run('openapi --output nowhere/openapi.json');
    expect(failed).toMatchObject({ code: 1, stderr: expect.stringMatching(/^Keywright cannot go on: ENOENT.*\n$/) });
  });
});
