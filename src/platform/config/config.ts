import { isIP } from 'node:net';
import { availableParallelism } from 'node:os';
import { plainToInstance } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayNotEmpty,
  getMetadataStorage,
  IsEmail,
  IsIn,
  IsOptional,
  Matches,
  MaxLength,
  MinLength,
  validateSync,
} from 'class-validator';
import { findMisspeltName } from '../validation/nearest-name.js';
import { IsNetwork } from '../validation/networks.js';
import { refusedStart } from './config-error.js';
import { EVERY_SCOPE, IsMerchantScopes, SCOPES_MAX } from '../validation/scope.js';
import { IsDatabaseUrl } from './database-url/database-url.js';
import { IsKeyHeader } from './key-header.js';
import { IsKeySource } from './public-keys.js';
import { loadGeneratedSecrets } from './generated-secrets.js';
import { JwtKeys } from './jwt-keys.js';
import { OidcConfig } from './oidc-config.js';
import { BITS_MIN, estimateBits, SECRET_LENGTH } from './secret-strength.js';
import { IsHostPort, tryParseHostPort } from './host-port.js';
import { AtMost, Flag, FollowsAfter, IsSchedule, List, SecretList, UrlOf, Whole } from './setting-decorators.js';

const SECRET_RULE = { each: true, message: `$property must have ${SECRET_LENGTH} characters or more, in each entry` };
const DAYS_MAX = 3650;
/** Ten years. */
const LIFE_MAX_SECONDS = 315_360_000;

/** Log levels, from the most verbose to the least. */
const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'fatal'] as const;

type LogLevel = (typeof LOG_LEVELS)[number];

/** The configuration from environment variables. A property has the name of its variable. */
export class Config extends OidcConfig {
  /** `production` requires the secrets and `PUBLIC_URL` to be set, and never writes mails to the log. */
  @IsOptional()
  NODE_ENV?: string;

  /** Address to listen on. */
  @MinLength(1)
  HOST: string = '127.0.0.1';

  /** Port to listen on; 0 takes a free one. */
  @Whole(0, 65535)
  PORT: number = 3000;

  /** `sqlite:<path>`, `mysql://…` or `mariadb://…`. */
  @IsDatabaseUrl()
  DATABASE_URL: string = 'sqlite:data/keywright.sqlite';

  /** How long a start waits for a database server that does not answer yet; by default 30, and 0 with SQLite. */
  @IsOptional()
  @Whole(0, 600)
  DATABASE_WAIT_SECONDS?: number;

  /** The folder of the revocation journal, or `off`; by default beside the database file, else `data/revocations`. */
  @IsOptional()
  REVOCATION_JOURNAL?: string;

  /** Days for which the revocation journal is kept: no older backup can be restored with it. 0 is forever. */
  @Whole(0, DAYS_MAX)
  REVOCATION_JOURNAL_KEPT_DAYS: number = 400;

  /** The first account, created at the first start with level 8. */
  @MinLength(1)
  @MaxLength(50)
  @Matches(/^(?=.*\D)[^@\s]+$/, { message: '$property must not be a number and must not hold spaces or @' })
  ADMIN_USERNAME: string = 'admin';

  /** The first account's e-mail address. */
  @IsEmail({ require_tld: false })
  ADMIN_EMAIL: string = 'admin@localhost';

  /**
   * The first account's password, which must have 12 characters or more and not be a common one when that account is created. Later it is not
   * read. Unless set, it is generated and printed once; in production, a one-time link is logged instead.
   */
  @IsOptional()
  @MaxLength(200)
  ADMIN_PASSWORD?: string;

  /** Sign login tokens and Service IDs, newest first; each of them verifies. */
  @SecretList(SECRET_LENGTH)
  @MinLength(SECRET_LENGTH, SECRET_RULE)
  JWT_SECRET: string[];

  /** Peppers of the keyed hash over secrets, newest first; each of them is accepted. */
  @List()
  @MinLength(SECRET_LENGTH, SECRET_RULE)
  KEY_PEPPERS: string[];

  /** Keys that encrypt stored secrets, newest first; each of them decrypts. */
  @List()
  @MinLength(SECRET_LENGTH, SECRET_RULE)
  ENCRYPTION_KEYS: string[];

  /** Starts although the secrets are not those of the database, and records them. What needs the former ones is lost. */
  @Flag()
  ACCEPT_NEW_SECRETS: boolean = false;

  /** The lifetime of a login token. */
  @Whole(1)
  JWT_TTL_SECONDS: number = 3600;

  /** The lifetime of a Service ID. */
  @Whole(1)
  SERVICE_ID_TTL_SECONDS: number = 3600;

  /** The lifetime of an access token. */
  @Whole(1)
  ACCESS_TOKEN_TTL_SECONDS: number = 900;

  /** Days for which a key signs access tokens before the next one takes over. Each key is published a day before its first use. */
  @Whole(2, DAYS_MAX)
  SIGNING_KEY_ROTATION_DAYS: number = 30;

  /** Requests per client and minute on the clients surface; 0 switches the limit off. */
  @Whole()
  CLIENT_RATE_LIMIT_PER_MINUTE: number = 100;

  /** Requests of each end user, in all portal sessions, and minute; 0 switches the limit off. */
  @Whole()
  PORTAL_RATE_LIMIT_PER_MINUTE: number = 120;

  /** Failed logins per account and address in a minute; 0 switches the limit off. */
  @Whole()
  LOGIN_RATE_LIMIT_PER_MINUTE: number = 10;

  /** Requests without a login per address and minute, and failed authentications of a client; 0 switches the limit off. */
  @Whole()
  PUBLIC_RATE_LIMIT_PER_MINUTE: number = 60;

  /** Active keys that a client may have on the clients surface. */
  @Whole(1)
  MAX_KEYS_PER_CLIENT: number = 1000;

  /** Keys that a merchant may have, on all surfaces together; 0 switches the limit off. */
  @Whole()
  MAX_KEYS_PER_MERCHANT: number = 1_000_000;

  /** Applications that a merchant may have; 0 switches the limit off. */
  @Whole()
  MAX_APPLICATIONS_PER_MERCHANT: number = 1000;

  /** Members that a merchant may have, invited ones among them; 0 switches the limit off. */
  @Whole()
  MAX_MEMBERS_PER_MERCHANT: number = 1000;

  /** Webhook endpoints that a merchant may have, each of which adds to the cost of every event; 0 switches the limit off. */
  @Whole()
  MAX_WEBHOOKS_PER_MERCHANT: number = 100;

  /** External ids for which a merchant may have shared limits; 0 switches the limit off. */
  @Whole()
  MAX_SHARED_LIMITS_PER_MERCHANT: number = 10_000;

  /** Verifiers that a merchant may have attached at a time, on all instances together; 0 switches the limit off. */
  @Whole()
  MAX_VERIFIERS_PER_MERCHANT: number = 20;

  /** The scopes of new merchants, beyond which their keys cannot go; `*` for every scope. The first account's merchant has every scope. */
  @List()
  @ArrayMaxSize(SCOPES_MAX)
  @ArrayNotEmpty()
  @IsMerchantScopes()
  MERCHANT_SCOPES: string[] = [EVERY_SCOPE];

  /** Who may sign up at `/signup`: anybody, those who were invited as merchants, or nobody; by default `invited` in production. */
  @IsOptional()
  @IsIn(['open', 'invited', 'off'])
  SIGNUP?: 'open' | 'invited' | 'off';

  /** `false` masks `apisecret` in the clients list. */
  @Flag()
  REVEAL_CLIENT_SECRETS: boolean = true;

  /** Honours `unittest: true` at `/signup`. */
  @Flag()
  ALLOW_UNITTEST_SIGNUP: boolean = false;

  /** Whether the OpenAPI document and Swagger UI are served at `/docs`. */
  @Flag()
  DOCS: boolean = true;

  /** Whether the console is served at `/console`, with its sessions. */
  @Flag()
  CONSOLE: boolean = true;

  /** Requires `currentPassword` for a new password or e-mail address, once the account has set a password. */
  @Flag()
  REQUIRE_CURRENT_PASSWORD: boolean = true;

  /** The level from which accounts must have a second factor, 0 to 8; without it, only merchants demand one of their members. */
  @IsOptional()
  @Whole(0, 8)
  REQUIRE_SECOND_FACTOR_LEVEL?: number;

  /** The value of `result` in a 201 response of `/apikeys/*`. */
  @IsIn(['success', 'created'])
  ACCOUNTS_CREATED_RESULT: 'success' | 'created' = 'success';

  /** Exposure reports per address and minute; 0 switches the limit off. */
  @Whole()
  EXPOSURE_RATE_LIMIT_PER_MINUTE: number = 30;

  /** The public keys of GitHub's secret scanning: JSON as GitHub publishes it, the path of a file with that JSON, or the URL to fetch it from. */
  @IsOptional()
  @IsKeySource()
  GITHUB_SECRET_SCANNING_KEYS?: string;

  /** The mail server. Without it, the links of mails are written to the log (never in production). */
  @IsOptional()
  @UrlOf(['smtp', 'smtps'], { kind: 'an smtp or smtps URL', example: 'smtps://mail.shop.example' })
  SMTP_URL?: string;

  /** The sender of mails. */
  @Matches(/^([^<>\r\n]*<[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+)$/, {
    message: '$property must be an address, like keywright@shop.example or Keywright <keywright@shop.example>',
  })
  MAIL_FROM: string = 'Keywright <keywright@localhost>';

  /** The URL under which the server is reached: the base of links in mails, and the issuer of access tokens. Required in production. */
  @IsOptional()
  @UrlOf(['http', 'https'], { kind: 'an http or https URL', example: 'https://keys.shop.example', isBase: true })
  PUBLIC_URL?: string;

  /** Addresses or networks of reverse proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed. */
  @IsOptional()
  @List()
  @IsNetwork()
  TRUSTED_PROXIES?: string[];

  /**
   * The name of another header that may hold a key beside `X-API-Key`, like `apikey`. It must be none that HTTP, proxies or this server give a
   * meaning of its own.
   */
  @IsOptional()
  @IsKeyHeader()
  KEY_HEADER?: string;

  /** The schedule of the key clean-up, as a cron expression; without it no key is cleaned up. */
  @IsOptional()
  @IsSchedule()
  CLEANUP_SCHEDULE?: string;

  /** Days between a key's expiry and its deletion by the key clean-up. */
  @Whole(0, DAYS_MAX)
  CLEANUP_EXPIRED_AFTER_DAYS: number = 30;

  /** Days without use or change after which the key clean-up deletes a key; 0 keeps unused keys. */
  @Whole(0, DAYS_MAX)
  CLEANUP_UNUSED_AFTER_DAYS: number = 0;

  /**
   * Where this process takes hints from other instances, by UDP: `host` or `host:port`, or `off`. By default the address from which it reaches the
   * database, and any free port.
   */
  @IsOptional()
  @IsHostPort({ orOff: true })
  HINT_LISTEN?: string;

  /** Where other instances reach this one with hints, as `host:port`, if that isn't where it listens. */
  @IsOptional()
  @IsHostPort({ needsPort: true })
  HINT_ADDRESS?: string;

  /** Whether this process runs scheduled jobs. `keywright housekeeping` runs them regardless. */
  @Flag()
  HOUSEKEEPING: boolean = true;

  /** Days without use or change after which a merchant is notified of an idle key, unless it has a policy of its own; 0 is never. */
  @Whole(0, DAYS_MAX)
  IDLE_AFTER_DAYS: number = 90;

  /** Days without use or change after which an idle key is disabled; 0 is never. */
  @Whole(0, DAYS_MAX)
  @FollowsAfter('IDLE_AFTER_DAYS')
  IDLE_DISABLE_AFTER_DAYS: number = 0;

  /** Days without use or change after which an idle key is deleted; 0 is never. */
  @Whole(0, DAYS_MAX)
  @FollowsAfter('IDLE_AFTER_DAYS', 'IDLE_DISABLE_AFTER_DAYS')
  IDLE_DELETE_AFTER_DAYS: number = 0;

  /**
   * The longest time from the issue of a key's credential to its expiry, in seconds; 0 is no maximum. Here and in the next two, a merchant's own
   * policy can only be stricter.
   */
  @Whole(0, LIFE_MAX_SECONDS)
  KEY_MAX_LIFE_SECONDS: number = 0;

  /** The time after which a new key expires whose creator sets no expiry, in seconds; 0 is never. */
  @Whole(0, LIFE_MAX_SECONDS)
  @AtMost('KEY_MAX_LIFE_SECONDS')
  KEY_DEFAULT_LIFE_SECONDS: number = 0;

  /** Whether every key must expire; with a maximum, it must anyhow. */
  @Flag()
  KEY_EXPIRY_REQUIRED: boolean = false;

  /** Days for which a deleted key is kept, without its secret; 0 is forever. */
  @Whole(0, DAYS_MAX)
  DELETED_KEYS_KEPT_DAYS: number = 365;

  /** Days for which counts of verifications are kept; 0 is forever. */
  @Whole(0, DAYS_MAX)
  USAGE_KEPT_DAYS: number = 400;

  /** Days for which completed and parked webhook deliveries are kept; 0 is forever. */
  @Whole(0, DAYS_MAX)
  DELIVERIES_KEPT_DAYS: number = 30;

  /** The number of processes that serve behind one port, or `auto` for one per processor. Each is an instance of its own. */
  @Matches(/^([1-9]|[1-5]\d|6[0-4]|auto)$/, { message: '$property must be a whole number from 1 to 64, or auto' })
  WORKERS: string = '1';

  /** The capacity of a process's key cache, in keys. */
  @Whole(1)
  KEYRING_MAX_KEYS: number = 100_000;

  /** A Redis server that counts limits exactly across instances. Without it, instances share limits through the database. */
  @IsOptional()
  @UrlOf(['redis', 'rediss'], { kind: 'a redis or rediss URL', example: 'rediss://redis.shop.example' })
  REDIS_URL?: string;

  /** The time between two writes of last uses and counts, which are merged in memory in between. */
  @Whole(10, 60_000)
  USAGE_FLUSH_INTERVAL_MS: number = 5000;

  /** A port of its own for metrics; 0 takes a free one. */
  @IsOptional()
  @Whole(0, 65535)
  METRICS_PORT?: number;

  /** The address of the metrics port. */
  @MinLength(1)
  METRICS_HOST: string = '127.0.0.1';

  /** A Bearer token that gives access to metrics on the main port. The metrics port requires it, too, when it is set. */
  @IsOptional()
  @Matches(/^[\x21-\x7e]{16,}$/, { message: '$property needs 16 characters or more, without spaces' })
  METRICS_TOKEN?: string;

  /** The lowest level that is logged; by default `info` in production, else `warn`. */
  @IsOptional()
  @IsIn(LOG_LEVELS)
  LOG_LEVEL?: LogLevel;

  /** The receiver of traces (OTLP over HTTP); without it there are no traces. The OpenTelemetry SDK reads its other variables itself. */
  @IsOptional()
  @UrlOf(['http', 'https'], { kind: 'an http or https URL', example: 'http://127.0.0.1:4318' })
  OTEL_EXPORTER_OTLP_ENDPOINT?: string;

  /** The time between SIGTERM and the stop, in which the server reports that it isn't ready but continues to answer. */
  @Whole(0, 300)
  SHUTDOWN_DELAY_SECONDS: number = 0;

  /** The time within which a request must arrive; for an import, the longest time without a byte of it. */
  @Whole(1, 3600)
  REQUEST_TIMEOUT_SECONDS: number = 60;

  /** Private networks that webhooks may be sent to. */
  @IsOptional()
  @List()
  @IsNetwork()
  WEBHOOK_ALLOWED_NETWORKS?: string[];

  /** Name servers that resolve the hosts of webhooks; by default those of the system. */
  @IsOptional()
  @List()
  @Matches(/^(\d+(\.\d+){3}(:\d+)?|\[[\da-f:.]+\](:\d+)?)$/i, {
    each: true,
    message: '$property: each must be an address like 192.0.2.53, 192.0.2.53:5353 or [2001:db8::53]:53',
  })
  WEBHOOK_DNS_SERVERS?: string[];

  /** The time that a receiver of webhooks has to answer. */
  @Whole(100, 60_000)
  WEBHOOK_TIMEOUT_MS: number = 10_000;

  /** Whether the process sends mails and webhooks. A command that works on a database for itself replaces this. */
  sendsMessages(): boolean {
    return true;
  }

  get isProduction(): boolean {
    return this.NODE_ENV === 'production';
  }

  get logLevel(): LogLevel {
    return this.LOG_LEVEL ?? (this.isProduction ? 'info' : 'warn');
  }

  /** The number of processes that serve. */
  get workers(): number {
    return this.WORKERS === 'auto' ? availableParallelism() : Number(this.WORKERS);
  }

  get databaseWaitSeconds(): number {
    return this.DATABASE_WAIT_SECONDS ?? (this.DATABASE_URL.startsWith('sqlite:') ? 0 : 30);
  }

  /** Who may sign up. */
  get signup(): NonNullable<Config['SIGNUP']> {
    return this.SIGNUP ?? (this.isProduction ? 'invited' : 'open');
  }

  /** The folder of the revocation journal; `null` if there is none. */
  get revocationJournal(): string | null {
    return journalFolder(this);
  }

  get jwtKeys(): JwtKeys {
    return new JwtKeys(this.JWT_SECRET);
  }

  /** The base URL of links in mails, and the issuer of access tokens. */
  get publicUrl(): string {
    return (this.PUBLIC_URL ?? formatUrl(this.HOST, this.listensOn ?? this.PORT)).replace(/\/+$/, '');
  }

  /** The path of `PUBLIC_URL`, without a slash at its end: what paths begin with that browsers ask for. */
  get basePath(): string {
    return this.PUBLIC_URL === undefined ? '' : new URL(this.PUBLIC_URL).pathname.replace(/\/+$/, '');
  }

  /** The port that the server has taken; until it listens, there is none. */
  declare listensOn?: number;

  /** Whether every instance has the same base URL, also after a restart. */
  get hasFixedUrl(): boolean {
    return this.PUBLIC_URL !== undefined || this.PORT !== 0;
  }
}

/** Addresses that stand for all addresses of the machine, and lead nowhere. */
const UNSPECIFIED = new Set(['::', '0.0.0.0', '0', '::0', '::ffff:0.0.0.0']);

function formatUrl(host: string, port: number): string {
  const name = UNSPECIFIED.has(host) ? 'localhost' : isIP(host) === 6 ? `[${host}]` : host;
  return `http://${name}:${port}`;
}

/** The folder of the revocation journal; `null` if it is off. */
export function journalFolder({
  DATABASE_URL,
  REVOCATION_JOURNAL,
}: Pick<Config, 'DATABASE_URL' | 'REVOCATION_JOURNAL'>): string | null {
  if (REVOCATION_JOURNAL !== undefined) return REVOCATION_JOURNAL === 'off' ? null : REVOCATION_JOURNAL;
  return DATABASE_URL.startsWith('sqlite:')
    ? `${DATABASE_URL.slice('sqlite:'.length)}.revocations`
    : 'data/revocations';
}

/** The settings that hold secrets. */
export const SECRETS = ['JWT_SECRET', 'KEY_PEPPERS', 'ENCRYPTION_KEYS'] as const;

/** The settings that production requires. */
const REQUIRED = [...SECRETS, 'PUBLIC_URL'] as const;

/**
 * Describes the secrets that can be guessed. Older peppers and encryption keys are not judged: what needs them would be lost without them.
 */
export function weakSecrets(config: Partial<Pick<Config, (typeof SECRETS)[number]>>): string[] {
  return SECRETS.flatMap((name) => {
    const secrets = config[name] ?? [];
    const judged = name === 'JWT_SECRET' ? secrets : secrets.slice(0, 1);
    // One that is too short is refused as such.
    const bits = Math.min(...judged.filter(({ length }) => length >= SECRET_LENGTH).map(estimateBits));
    if (bits >= BITS_MIN) return [];
    return [
      `${name} can be guessed: it has about ${bits} bits of chance, not ${BITS_MIN}. Take one of: openssl rand -hex 32`,
    ];
  });
}

/** The names of all settings. */
const NAMES = [
  ...new Set(
    getMetadataStorage()
      .getTargetValidationMetadatas(Config, '', false, false)
      .map(({ propertyName }) => propertyName),
  ),
];

/**
 * Describes the variables that resemble a setting without being one. Other programs have variables in the same environment, so only those count
 * that are spelt like a setting but for its letter case, underscores or a letter, or that begin a setting's name.
 */
function findMisspeltSettings(environment: NodeJS.ProcessEnv): string[] {
  return Object.entries(environment).flatMap(([name, value]) => {
    if (!value || NAMES.includes(name) || !/^\w+_\w+$/.test(name)) return [];
    const nearest = findMisspeltName(name, NAMES);
    return nearest === null ? [] : [`${name} is not a setting; did you mean ${nearest}?`];
  });
}

/**
 * Reads the configuration from environment variables; an empty variable counts as not set.
 *
 * @throws {ConfigError} with one message that lists every problem
 */
export function loadConfig(environment: NodeJS.ProcessEnv): Config {
  const given = Object.fromEntries(
    Object.entries(environment).filter(
      ([name, value]) => value !== undefined && value !== '' && /^[A-Z_]+$/.test(name),
    ),
  );
  const isProduction = given.NODE_ENV === 'production';
  const missing = REQUIRED.filter((name) => given[name] === undefined);
  const unset = SECRETS.filter((name) => given[name] === undefined);
  if (unset.length > 0 && !isProduction) Object.assign(given, { ...loadGeneratedSecrets(unset), ...given });

  const config = plainToInstance(Config, given, { exposeDefaultValues: true });
  const problems = validateSync(config)
    .filter(({ property }) => !(isProduction && (missing as string[]).includes(property)))
    .flatMap(({ constraints = {} }) => Object.values(constraints).slice(0, 1));
  problems.push(...findMisspeltSettings(environment), ...sharedHintPlaces(config));
  if (isProduction) {
    problems.push(...missing.map((name) => `${name} is missing; it is required with NODE_ENV=production`));
    problems.push(...weakSecrets(config));
  }
  if (problems.length > 0) throw refusedStart(problems);
  return config;
}

/** Workers cannot share a port for hints, since each has to get its own. */
const sharedHintPlaces = ({ workers, HINT_LISTEN, HINT_ADDRESS }: Config): string[] =>
  workers === 1
    ? []
    : [
        ...(HINT_ADDRESS === undefined ? [] : ['HINT_ADDRESS must not be set with several WORKERS']),
        ...(HINT_LISTEN === undefined || tryParseHostPort(HINT_LISTEN)?.port === undefined
          ? []
          : ['HINT_LISTEN must have no port with several WORKERS']),
      ];
