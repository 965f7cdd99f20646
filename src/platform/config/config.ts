import { createSecretKey, type KeyObject } from 'node:crypto';
import { plainToInstance } from 'class-transformer';
import {
  IsBoolean,
  IsEmail,
  IsIn,
  IsInt,
  IsOptional,
  IsUrl,
  Matches,
  Max,
  MaxLength,
  Min,
  MinLength,
  validateSync,
} from 'class-validator';
import { IsNetwork } from '../validation/networks.js';
import { IsKeySource } from './public-keys.js';
import { keptSecrets } from './generated-secrets.js';
import { Flag, FollowsAfter, IsSchedule, List, Whole } from './setting-decorators.js';

const URL_OF = (...protocols: string[]) => ({ protocols, require_tld: false, require_protocol: true });
const SECRET_RULE = { each: true, message: '$property: each secret needs 32 characters or more' };
const DAYS_MAX = 3650;

/** How much is logged, from everything to next to nothing. */
const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'fatal'] as const;

type LogLevel = (typeof LOG_LEVELS)[number];

/** What the server is told by its environment. A property is named as its variable. */
export class Config {
  /** `production` makes the secrets obligatory and mails real. */
  @IsOptional()
  NODE_ENV?: string;

  /** Address to listen on. */
  @MinLength(1)
  HOST: string = '127.0.0.1';

  /** Port to listen on; 0 takes a free one. */
  @Whole()
  @IsInt()
  @Max(65535)
  PORT: number = 3000;

  /** `sqlite:<path>`, `mysql://…` or `mariadb://…`. */
  @Matches(/^(sqlite:.+|(mysql|mariadb):\/\/.+\/.+)$/, {
    message: '$property must be sqlite:<path>, mysql://user:password@host/name or mariadb://user:password@host/name',
  })
  DATABASE_URL: string = 'sqlite:data/keywright.sqlite';

  /** The first account, created at the first start with level 8. */
  @MinLength(1)
  @MaxLength(50)
  @Matches(/^(?=.*\D)[^@\s]+$/, { message: '$property must not be a number and must not hold spaces or @' })
  ADMIN_USERNAME: string = 'admin';

  @IsEmail({ require_tld: false })
  ADMIN_EMAIL: string = 'admin@localhost';

  /** Generated and printed once when it isn't given. */
  @IsOptional()
  @MinLength(8)
  @MaxLength(200)
  ADMIN_PASSWORD?: string;

  /** Signs login tokens and Service IDs. */
  @MinLength(32)
  JWT_SECRET: string;

  /** Peppers of the keyed hash over secrets, newest first; all of them are accepted. */
  @List()
  @MinLength(32, SECRET_RULE)
  KEY_PEPPERS: string[];

  /** Keys of the encrypted secrets, listed ones and signing ones, newest first; all of them decrypt. */
  @List()
  @MinLength(32, SECRET_RULE)
  ENCRYPTION_KEYS: string[];

  /** Life of a login token. */
  @Whole()
  @IsInt()
  @Min(1)
  JWT_TTL_SECONDS: number = 3600;

  /** Life of a Service ID. */
  @Whole()
  @IsInt()
  @Min(1)
  SERVICE_ID_TTL_SECONDS: number = 3600;

  /** Life of a session opened with a key. */
  @Whole()
  @IsInt()
  @Min(1)
  ACCESS_TOKEN_TTL_SECONDS: number = 900;

  /** Days that a key signs access tokens before the next one takes over; each is published a day ahead. */
  @Whole()
  @IsInt()
  @Min(2)
  @Max(DAYS_MAX)
  SIGNING_KEY_ROTATION_DAYS: number = 30;

  /** Requests per client and minute on the clients surface; 0 switches the limit off. */
  @Whole()
  @IsInt()
  CLIENT_RATE_LIMIT_PER_MINUTE: number = 100;

  /** Failed logins per account and address in a minute; 0 switches the limit off. */
  @Whole()
  @IsInt()
  LOGIN_RATE_LIMIT_PER_MINUTE: number = 10;

  /** Active keys that a client may have on the clients surface. */
  @Whole()
  @IsInt()
  @Min(1)
  MAX_KEYS_PER_CLIENT: number = 1000;

  /** `false` masks `apisecret` in the clients list. */
  @Flag()
  @IsBoolean()
  REVEAL_CLIENT_SECRETS: boolean = true;

  /** Honours `unittest: true` at `/signup`. */
  @Flag()
  @IsBoolean()
  ALLOW_UNITTEST_SIGNUP: boolean = false;

  /** The word in `result` when the accounts surface created something. */
  @IsIn(['success', 'created'])
  ACCOUNTS_CREATED_RESULT: 'success' | 'created' = 'success';

  /** Reports of found keys per address and minute; 0 switches the limit off. */
  @Whole()
  @IsInt()
  EXPOSURE_RATE_LIMIT_PER_MINUTE: number = 30;

  /** The public keys of GitHub's secret scanning: JSON as GitHub publishes them, the path of a file with it, or where to fetch it from. */
  @IsOptional()
  @IsKeySource()
  GITHUB_SECRET_SCANNING_KEYS?: string;

  /** Where mail goes out; without it, mails are written to the log as links (never in production). */
  @IsOptional()
  @IsUrl(URL_OF('smtp', 'smtps'))
  SMTP_URL?: string;

  @Matches(/^([^<>\r\n]*<[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+)$/, {
    message: '$property must be an address, like keywright@shop.example or Keywright <keywright@shop.example>',
  })
  MAIL_FROM: string = 'Keywright <keywright@localhost>';

  /** The address that people and links reach the server at, and the issuer of access tokens. */
  @IsOptional()
  @IsUrl(URL_OF('http', 'https'))
  PUBLIC_URL?: string;

  /** Addresses or networks of reverse proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed. */
  @IsOptional()
  @List()
  @IsNetwork()
  TRUSTED_PROXIES?: string[];

  /** When to clean up keys, as a cron expression; without it nothing is cleaned up. */
  @IsOptional()
  @IsSchedule()
  CLEANUP_SCHEDULE?: string;

  /** Days after its end that an expired key is deleted. */
  @Whole()
  @IsInt()
  @Max(DAYS_MAX)
  CLEANUP_EXPIRED_AFTER_DAYS: number = 30;

  /** Days without use or change after which a key is deleted; 0 keeps unused keys. */
  @Whole()
  @IsInt()
  @Max(DAYS_MAX)
  CLEANUP_UNUSED_AFTER_DAYS: number = 0;

  /** Whether this process runs scheduled jobs; `npm run housekeeping` runs them at any rate. */
  @Flag()
  @IsBoolean()
  HOUSEKEEPING: boolean = true;

  /** Days without use or change after which a merchant is told of a key, unless it has a policy of its own; 0 is never. */
  @Whole()
  @IsInt()
  @Max(DAYS_MAX)
  IDLE_AFTER_DAYS: number = 90;

  /** The same for being disabled. */
  @Whole()
  @IsInt()
  @Max(DAYS_MAX)
  @FollowsAfter('IDLE_AFTER_DAYS')
  IDLE_DISABLE_AFTER_DAYS: number = 0;

  /** The same for being deleted. */
  @Whole()
  @IsInt()
  @Max(DAYS_MAX)
  @FollowsAfter('IDLE_AFTER_DAYS', 'IDLE_DISABLE_AFTER_DAYS')
  IDLE_DELETE_AFTER_DAYS: number = 0;

  /** Days that a deleted key is remembered without its secret; 0 is for good. */
  @Whole()
  @IsInt()
  @Max(DAYS_MAX)
  DELETED_KEYS_KEPT_DAYS: number = 365;

  /** Days that counts of verifications are kept; 0 is for good. */
  @Whole()
  @IsInt()
  @Max(DAYS_MAX)
  USAGE_KEPT_DAYS: number = 400;

  /** Days that deliveries of webhooks are kept that came to an end or were parked; 0 is for good. */
  @Whole()
  @IsInt()
  @Max(DAYS_MAX)
  DELIVERIES_KEPT_DAYS: number = 30;

  /** Keys that a process remembers for verification. */
  @Whole()
  @IsInt()
  @Min(1)
  KEYRING_MAX_KEYS: number = 100_000;

  /** Counts limits exactly across instances; without it, each instance takes its share. */
  @IsOptional()
  @IsUrl(URL_OF('redis', 'rediss'))
  REDIS_URL?: string;

  /** How long last uses and counts are merged in memory before they are written. */
  @Whole()
  @IsInt()
  @Min(10)
  @Max(60_000)
  USAGE_FLUSH_INTERVAL_MS: number = 5000;

  /** Port on which metrics are served to whoever reaches it; 0 takes a free one. */
  @IsOptional()
  @Whole()
  @IsInt()
  @Max(65535)
  METRICS_PORT?: number;

  /** Address of the metrics' port. */
  @MinLength(1)
  METRICS_HOST: string = '127.0.0.1';

  /** Whoever shows it as a Bearer token is served metrics on the main port; the metrics' port asks for it, too. */
  @IsOptional()
  @Matches(/^[\x21-\x7e]{16,}$/, { message: '$property needs 16 characters or more, without spaces' })
  METRICS_TOKEN?: string;

  /** The least that is logged; without it `info` in production, else `warn`. */
  @IsOptional()
  @IsIn(LOG_LEVELS)
  LOG_LEVEL?: LogLevel;

  /** Where traces go, by OTLP over HTTP; without it there are none. Other variables of OpenTelemetry are its SDK's. */
  @IsOptional()
  @IsUrl(URL_OF('http', 'https'))
  OTEL_EXPORTER_OTLP_ENDPOINT?: string;

  /** How long a server that is told to stop says that it isn't ready, and goes on answering, before it stops. */
  @Whole()
  @IsInt()
  @Max(300)
  SHUTDOWN_DELAY_SECONDS: number = 0;

  /** Networks that webhooks may be sent to although they aren't public. */
  @IsOptional()
  @List()
  @IsNetwork()
  WEBHOOK_ALLOWED_NETWORKS?: string[];

  /** Name servers that are asked for the addresses of webhooks; without them, the system's. */
  @IsOptional()
  @List()
  @Matches(/^(\d+(\.\d+){3}(:\d+)?|\[[\da-f:.]+\](:\d+)?)$/i, {
    each: true,
    message: '$property: each must be an address like 192.0.2.53, 192.0.2.53:5353 or [2001:db8::53]:53',
  })
  WEBHOOK_DNS_SERVERS?: string[];

  /** How long a receiver of webhooks has for its answer. */
  @Whole()
  @IsInt()
  @Min(100)
  @Max(60_000)
  WEBHOOK_TIMEOUT_MS: number = 10_000;

  get isProduction(): boolean {
    return this.NODE_ENV === 'production';
  }

  get logLevel(): LogLevel {
    return this.LOG_LEVEL ?? (this.isProduction ? 'info' : 'warn');
  }

  /** `JWT_SECRET` as a key, which is made once: from a text, jsonwebtoken would make one for each token. */
  get jwtKey(): KeyObject {
    return createSecretKey(this.JWT_SECRET, 'utf8');
  }

  /** The address in mails that nobody's request asked for, and the issuer of access tokens. */
  get publicUrl(): string {
    return (this.PUBLIC_URL ?? `http://${this.HOST}:${this.PORT}`).replace(/\/+$/, '');
  }
}

/** The environment is wrong; the message lists every problem. */
export class ConfigError extends Error {}

const SECRETS = ['JWT_SECRET', 'KEY_PEPPERS', 'ENCRYPTION_KEYS'] as const;

/**
 * Reads the configuration from environment variables; an empty one counts as not set.
 *
 * @throws {ConfigError} with one message that lists every problem
 */
export function loadConfig(environment: NodeJS.ProcessEnv): Config {
  const given = Object.fromEntries(
    Object.entries(environment).filter(
      ([name, value]) => value !== undefined && value !== '' && /^[A-Z_]+$/.test(name),
    ),
  );
  const missing = SECRETS.filter((name) => given[name] === undefined);
  const isProduction = given.NODE_ENV === 'production';
  if (missing.length > 0 && !isProduction) Object.assign(given, { ...keptSecrets(), ...given });

  const config = plainToInstance(Config, given, { exposeDefaultValues: true });
  const problems = validateSync(config, { stopAtFirstError: true })
    .filter(({ property }) => !(isProduction && (missing as string[]).includes(property)))
    .flatMap(({ constraints }) => Object.values(constraints ?? {}));
  if (isProduction) problems.push(...missing.map((name) => `${name} is missing; NODE_ENV=production needs it`));
  if (problems.length > 0) {
    throw new ConfigError(`Keywright can't start:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
  }
  return config;
}
