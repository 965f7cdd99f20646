/** Guarantee: every part of DATABASE_URL is honoured, or refused by one line that names the part and shows no part of a password. */

import { parseDatabaseUrl } from '../../src/platform/config/database-url/database-url.js';
import { loadConfig } from '../../src/platform/config/config.js';

const SERVER = {
  engine: 'mysql',
  user: 'u',
  password: 'p',
  host: 'h',
  port: 3306,
  database: 'kw',
  socketPath: null,
  sslMode: 'PREFERRED',
  sslCa: null,
  sslCert: null,
  sslKey: null,
  poolSize: 10,
  connectTimeoutSeconds: 10,
  readTimeoutSeconds: 90,
};

const secret = 'x'.repeat(32);
const start = (url: string) =>
  loadConfig({ DATABASE_URL: url, JWT_SECRET: secret, KEY_PEPPERS: secret, ENCRYPTION_KEYS: secret }).DATABASE_URL;

describe('DATABASE_URL', () => {
  it.each([
    ['mysql://u:p@h/kw', {}],
    ['mariadb://u:p@h:3307/kw', { engine: 'mariadb', port: 3307 }],
    ['mysql://u@h/kw', { password: '' }],
    ['mysql://u:p@[::1]/kw', { host: '::1' }],
    ['mysql://u:p@[fe80::1]:3307/kw', { host: 'fe80::1', port: 3307 }],
    ['mysql://us%40er:p%3A%2F%3F%23%40%25@h/kw', { user: 'us@er', password: 'p:/?#@%' }],
    ['mysql://u:p:p@@h/kw', { password: 'p:p@' }],
    ['mysql://u:p@h/kw%20db', { database: 'kw db' }],
    [`mysql://u:p@h/${'d'.repeat(64)}`, { database: 'd'.repeat(64) }],
    [
      'mysql://u:p@/kw?socketPath=/run/mysqld/mysqld.sock',
      { host: 'localhost', socketPath: '/run/mysqld/mysqld.sock', sslMode: 'DISABLED' },
    ],
    [
      'mysql://u:p@localhost/kw?socketPath=%2Frun%2Fs',
      { host: 'localhost', socketPath: '/run/s', sslMode: 'DISABLED' },
    ],
    ['mysql://u:p@h/kw?ssl-mode=required', { sslMode: 'REQUIRED' }],
    ['mysql://u:p@h/kw?ssl-ca=ca.pem', { sslMode: 'VERIFY_CA', sslCa: 'ca.pem' }],
    [
      'mysql://u:p@h/kw?ssl-mode=VERIFY_IDENTITY&ssl-ca=a&ssl-cert=b&ssl-key=c',
      { sslMode: 'VERIFY_IDENTITY', sslCa: 'a', sslCert: 'b', sslKey: 'c' },
    ],
    [
      'mysql://u:p@h/kw?pool-size=20&connect-timeout=3&read-timeout=30',
      { poolSize: 20, connectTimeoutSeconds: 3, readTimeoutSeconds: 30 },
    ],
  ])('%s is read in all its parts', (url, parts) => {
    expect(parseDatabaseUrl(url)).toEqual({ ...SERVER, ...parts });
    expect(start(url)).toBe(url);
  });

  it.each([
    ['sqlite:data/keywright.sqlite', 'data/keywright.sqlite'],
    ['sqlite:/srv/a b%20c.sqlite', '/srv/a b%20c.sqlite'],
  ])('%s names a file as it is written', (url, path) => {
    expect(parseDatabaseUrl(url)).toEqual({ engine: 'sqlite', path });
  });

  it.each([
    ['sqlite::memory:', 'a database in memory keeps nothing; name a file'],
    ['postgres://u:p@h/kw', 'it must be sqlite:<path>, mysql://'],
    ['mysql:u:p@h/kw', 'it must be sqlite:<path>, mysql://'],
    ['mysql://h/kw', 'percent-encoded'],
    ['mysql://@h/kw', 'the user is missing'],
    ['mysql://u:pa/ss@h/kw', 'percent-encoded'],
    ['mysql://u:pa?ss@h/kw', 'percent-encoded'],
    ['mysql://u:pa#ss@h/kw', 'percent-encoded'],
    ['mysql://u:100%@h/kw', 'the password holds a % that begins no percent-encoded character; write it as %25'],
    ['mysql://u:p@/kw', 'the host is missing'],
    ['mysql://u:p@::1/kw', 'the host must be a name, an IPv4 address, or an IPv6 address in [ ]'],
    ['mysql://u:p@h:abc/kw', 'the port must be a number from 1 to 65535'],
    ['mysql://u:p@h:0/kw', 'the port must be a number from 1 to 65535'],
    ['mysql://u:p@h:70000/kw', 'the port must be a number from 1 to 65535'],
    ['mysql://u:p@h', "the database's name is missing"],
    ['mysql://u:p@h/', "the database's name is missing"],
    ['mysql://u:p@h/a/b', "the database's name must hold no /"],
    [`mysql://u:p@h/${'d'.repeat(65)}`, "the database's name must have 64 characters at the most"],
    ['mysql://u:p@h/kw?ssl=true', '"ssl" is unknown; did you mean ssl-mode?'],
    ['mysql://u:p@h/kw?sslmode=REQUIRED', '"sslmode" is unknown; did you mean ssl-mode?'],
    ['mysql://u:p@h/kw?poolsize=3', '"poolsize" is unknown; did you mean pool-size?'],
    ['mysql://u:p@h/kw?charset=latin1', '"charset" is unknown; the parameters are socketPath, ssl-mode,'],
    ['mysql://u:p@h/kw?ssl-mode=YES', 'ssl-mode must be one of DISABLED, PREFERRED,'],
    ['mysql://u:p@h/kw?ssl-mode=', 'ssl-mode has no value'],
    ['mysql://u:p@h/kw?pool-size=3&pool-size=4', 'pool-size is given twice'],
    ['mysql://u:p@h/kw?pool-size=1', 'pool-size must be a whole number from 2 to 1000'],
    ['mysql://u:p@h/kw?connect-timeout=1s', 'connect-timeout must be a whole number from 1 to 300'],
    ['mysql://u:p@h/kw?ssl-mode=REQUIRED&ssl-ca=x', 'ssl-ca is used with ssl-mode=VERIFY_CA'],
    ['mysql://u:p@h/kw?ssl-mode=VERIFY_CA', 'ssl-mode=VERIFY_CA needs ssl-ca'],
    ['mysql://u:p@h/kw?ssl-cert=x', 'ssl-cert and ssl-key are needed together'],
    ['mysql://u:p@h/kw?socketPath=/s', 'the host must be localhost, without a port'],
    ['mysql://u:p@/kw?socketPath=s', 'socketPath must be an absolute path'],
    ['sqlite:', 'the path of the file is missing'],
    ['sqlite:x?mode=ro', 'sqlite: takes no parameters'],
  ])('%s is refused', (url, problem) => {
    expect(() => start(url)).toThrow(/^Keywright cannot start: DATABASE_URL: [^\n]+$/);
    expect(() => start(url)).toThrow(problem);
    expect(() => start(url)).not.toThrow(/pa[/?#]?ss\b|100%|\bss@/);
  });
});
