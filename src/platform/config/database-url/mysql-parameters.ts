import { ConfigError } from '../config-error.js';
import { decode } from './decode.js';
import { findNearestName } from '../../validation/nearest-name.js';

/**
 * How a connection is encrypted, by MySQL's names. `PREFERRED` encrypts where the server can, and verifies nothing; `REQUIRED` always encrypts;
 * `VERIFY_CA` also verifies who signed the server's certificate, and `VERIFY_IDENTITY` that it names the host.
 */
export type SslMode = (typeof SSL_MODES)[number];

const SSL_MODES = ['DISABLED', 'PREFERRED', 'REQUIRED', 'VERIFY_CA', 'VERIFY_IDENTITY'] as const;

export interface MysqlParameters {
  /** The Unix socket to connect to, instead of host and port. */
  socketPath: string | null;
  sslMode: SslMode;
  /** Paths of files in PEM. */
  sslCa: string | null;
  sslCert: string | null;
  sslKey: string | null;
  /** The most connections of one instance, besides the lease's. */
  poolSize: number;
  /** The longest time for connecting. */
  connectTimeoutSeconds: number;
  /** A connection on which nothing arrives for this long is considered broken, and closed; an idle one as well. */
  readTimeoutSeconds: number;
}

const NAMES = [
  'socketPath',
  'ssl-mode',
  'ssl-ca',
  'ssl-cert',
  'ssl-key',
  'pool-size',
  'connect-timeout',
  'read-timeout',
] as const;

type Values = Map<string, string>;

/**
 * Reads the parameters of a `mysql:` or `mariadb:` URL.
 *
 * @throws {ConfigError} for one that is unknown, given twice, or wrong
 */
export function readMysqlParameters(query: string): MysqlParameters {
  const values = readValues(query);
  const socketPath = values.get('socketPath') ?? null;
  if (socketPath !== null && !socketPath.startsWith('/'))
    throw new ConfigError('socketPath must be an absolute path of a Unix socket');
  return {
    socketPath,
    ...readSsl(values, socketPath !== null),
    poolSize: readWhole(values, 'pool-size', 10, [2, 1000]),
    connectTimeoutSeconds: readWhole(values, 'connect-timeout', 10, [1, 300]),
    readTimeoutSeconds: readWhole(values, 'read-timeout', 90, [1, 3600]),
  };
}

function readValues(query: string): Values {
  const values: Values = new Map();
  for (const pair of query === '' ? [] : query.split('&')) {
    const [, name = '', value = ''] = /^([^=]*)=?(.*)$/s.exec(pair) ?? [];
    if (!(NAMES as readonly string[]).includes(name)) throw new ConfigError(describeUnknown(name));
    if (values.has(name)) throw new ConfigError(`${name} is given twice`);
    values.set(name, decode(name, value));
    if (values.get(name) === '') throw new ConfigError(`${name} has no value`);
  }
  return values;
}

/** Names the parameter only if it looks like one: it can be a part of a password that isn't percent-encoded. */
function describeUnknown(name: string): string {
  const shown = /^[a-z][a-z-_]{0,30}$/i.test(name) ? `"${name}"` : 'a parameter';
  const nearest = findNearestName(name, NAMES);
  return `${shown} is unknown; ${nearest === null ? `the parameters are ${NAMES.join(', ')}` : `did you mean ${nearest}?`}`;
}

function readSsl(values: Values, isSocket: boolean): Pick<MysqlParameters, 'sslMode' | 'sslCa' | 'sslCert' | 'sslKey'> {
  const sslCa = values.get('ssl-ca') ?? null;
  const sslCert = values.get('ssl-cert') ?? null;
  const sslKey = values.get('ssl-key') ?? null;
  const sslMode = readSslMode(values) ?? defaultSslMode(sslCa, isSocket);
  if (sslCa !== null && !sslMode.startsWith('VERIFY_'))
    throw new ConfigError('ssl-ca is used with ssl-mode=VERIFY_CA and ssl-mode=VERIFY_IDENTITY only');
  if (sslCa === null && sslMode === 'VERIFY_CA') throw new ConfigError('ssl-mode=VERIFY_CA needs ssl-ca');
  if ((sslCert === null) !== (sslKey === null)) throw new ConfigError('ssl-cert and ssl-key are needed together');
  if (sslCert !== null && sslMode === 'DISABLED') throw new ConfigError('ssl-cert is not used with ssl-mode=DISABLED');
  return { sslMode, sslCa, sslCert, sslKey };
}

/** As MySQL's own clients choose: a CA is there to be verified, and what goes through a Unix socket does not leave the machine. */
function defaultSslMode(sslCa: string | null, isSocket: boolean): SslMode {
  if (sslCa !== null) return 'VERIFY_CA';
  return isSocket ? 'DISABLED' : 'PREFERRED';
}

function readSslMode(values: Values): SslMode | null {
  const given = values.get('ssl-mode')?.toUpperCase();
  if (given === undefined) return null;
  const mode = SSL_MODES.find((each) => each === given);
  if (!mode) throw new ConfigError(`ssl-mode must be one of ${SSL_MODES.join(', ')}`);
  return mode;
}

function readWhole(values: Values, name: string, byDefault: number, [min, max]: [number, number]): number {
  const given = values.get(name);
  if (given === undefined) return byDefault;
  const number = /^\d{1,6}$/.test(given) ? Number(given) : NaN;
  if (!(number >= min && number <= max)) throw new ConfigError(`${name} must be a whole number from ${min} to ${max}`);
  return number;
}
