import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { find } from './packages.js';

/** Where the unpacked server stays for the next run, outside of the checkout. */
const CACHE = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'keywright');

/** The release of Debian that has MySQL. Its libraries come with it, so that it runs beside those of any other release. */
const RELEASE = 'sid';
const PACKAGE = 'mysql-server-core';
const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';
const PLATFORMS = {
  x64: { triplet: 'x86_64-linux-gnu', loader: 'ld-linux-x86-64.so.2' },
  arm64: { triplet: 'aarch64-linux-gnu', loader: 'ld-linux-aarch64.so.1' },
};

/**
 * The command that runs a MySQL server: the one of this machine, or Debian's, which is downloaded once and unpacked into a folder, not installed.
 *
 * @returns the program and its first arguments, or `null` when it can't be had; with `CI=true` that is an error
 */
export function provideMysql() {
  const installed = ['mysqld', '/usr/sbin/mysqld', '/usr/local/mysql/bin/mysqld']
    .map((path) => find(path))
    .find(isMysql);
  if (installed) return [installed, '--no-defaults'];
  const folder = join(CACHE, `mysql-${RELEASE}-${process.arch}`);
  const platform = PLATFORMS[process.arch];
  if (!existsSync(folder) && platform && existsSync(KEYRING) && find('apt-get') && find('dpkg-deb')) {
    process.stderr.write(`MySQL is not on this machine: downloading Debian's ${PACKAGE} into ${folder} (60 MB).\n`);
    try {
      unpack(folder);
    } catch (error) {
      process.stderr.write(`It cannot be downloaded: ${error.message.split('\n')[0]}\n`);
    }
  }
  if (existsSync(folder)) return commandIn(folder, platform);
  const sentence = "MySQL is not on this machine and can't be downloaded: what needs it was not run.";
  if (process.env.CI === 'true') throw new Error(sentence);
  process.stderr.write(`${sentence}\n`);
  return null;
}

/** On many machines, `mysqld` is another name of MariaDB's server. */
const isMysql = (path) =>
  path !== null && !/mariadb/i.test(spawnSync(path, ['--version'], { encoding: 'utf8' }).stdout ?? 'MariaDB');

function commandIn(folder, { triplet, loader }) {
  const libraries = join(folder, 'usr/lib', triplet);
  return [
    join(libraries, loader),
    '--library-path',
    `${libraries}:${join(folder, 'usr/lib/mysql/private')}`,
    join(folder, 'usr/sbin/mysqld'),
    '--no-defaults',
    `--basedir=${join(folder, 'usr')}`,
    `--lc-messages-dir=${join(folder, 'usr/share/mysql')}`,
    `--plugin-dir=${join(folder, 'usr/lib/mysql/plugin')}`,
    '--secure-file-priv=NULL',
  ];
}

/** Downloads the package and the libraries that it needs, by an apt that knows nothing of what is installed, and unpacks them. */
function unpack(folder) {
  mkdirSync(CACHE, { recursive: true });
  const work = mkdtempSync(join(CACHE, 'download-'));
  try {
    const archives = join(work, 'archives');
    for (const path of ['lists/partial', 'cache/archives/partial', 'archives', 'root'])
      mkdirSync(join(work, path), { recursive: true });
    writeFileSync(join(work, 'sources'), `deb [signed-by=${KEYRING}] ${mirror()} ${RELEASE} main\n`);
    const own = [
      `Dir::State::lists=${join(work, 'lists')}`,
      'Dir::State::status=/dev/null',
      `Dir::Cache=${join(work, 'cache')}`,
      `Dir::Etc::sourcelist=${join(work, 'sources')}`,
      'Dir::Etc::sourceparts=/dev/null',
      'Acquire::Languages=none',
      'APT::Sandbox::User=root',
    ].flatMap((option) => ['-o', option]);
    const run = (program, args) =>
      execFileSync(program, args, { cwd: archives, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
    run('apt-get', [...own, 'update']);
    const needed = run('apt-cache', [...own, 'depends', '--recurse', '--important', PACKAGE]);
    const libraries = [...new Set(needed.match(/^lib\S+/gm))];
    run('apt-get', [...own, 'download', PACKAGE, ...libraries]);
    for (const name of readdirSync(archives)) run('dpkg-deb', ['-x', name, join(work, 'root')]);
    renameSync(join(work, 'root'), folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** The archive that this machine's own packages come from. */
function mirror() {
  const files = ['/etc/apt/sources.list.d/debian.sources', '/etc/apt/sources.list'].filter(existsSync);
  const text = files.map((file) => readFileSync(file, 'utf8')).join('\n');
  return /\bhttps?:\/\/\S+\/debian\/?(?=\s)/.exec(text)?.[0] ?? 'http://deb.debian.org/debian';
}
