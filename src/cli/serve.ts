import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createApp, describeApp } from '../app.js';
import { loadConfig, type Config } from '../platform/config/config.js';
import { startWarnings } from '../platform/config/start-warnings.js';
import { asListenFailure } from '../platform/http/listen-failure.js';
import { LogEntry } from '../platform/observability/logs/log-entry.js';
import { JsonLogger } from '../platform/observability/logs/json-logger.js';
import { createLogger } from '../platform/observability/logs/server-logger.js';
import { serveDocumentation } from '../platform/openapi/documentation.js';
import { describeCrash, describeFailure, endWithReader, EXIT } from './failure.js';
import { printFirstLogin } from './first-login.js';
import { stopInTime } from './stop.js';

/** Starts the server, which goes on until a signal stops it. */
export async function serve(): Promise<void> {
  const crash = (error: unknown): never => end(describeCrash(error));
  process.on('uncaughtException', crash);
  outliveReaders(crash);
  await start().catch((error: unknown) => end(describeFailure(error)));
}

/**
 * Lets the server go on when nobody reads its output any longer, such as a log collector that has ended: its clients depend on its answers, and
 * the audit trail is in the database.
 *
 * @param crash ends the server after any other error of its output
 */
function outliveReaders(crash: (error: unknown) => void): void {
  let isTold = false;
  process.stdout.off('error', endWithReader).on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') crash(error);
    else if (!isTold) {
      isTold = true;
      console.error('Nobody reads standard output any longer: the server goes on, and logs nothing there.');
    }
  });
  process.stderr.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') crash(error);
  });
}

async function start(): Promise<void> {
  const config = loadConfig(process.env);
  const logger = createLogger(config);
  for (const warning of startWarnings(config)) logger.warn(warning, 'Keywright');
  const { app, firstLogin } = await createApp(config, logger);
  stopInTime(config.SHUTDOWN_DELAY_SECONDS, end);
  if (config.DOCS) serveDocumentation(app.getHttpAdapter().getInstance(), () => describeApp(app));
  try {
    const url = await listen(app, config);
    const documentation = config.DOCS ? `${config.PUBLIC_URL ?? url}/docs` : undefined;
    if (config.isProduction) logger.log(new LogEntry('Keywright is ready.', { url, documentation }));
    else console.log(`Keywright is ready.\n  ${documentation ? `Documentation  ${documentation}` : `URL  ${url}`}`);
  } finally {
    // Even if the port is in use: the account exists by now, and no later start prints its password.
    if (firstLogin && config.isProduction) {
      const { username, link } = firstLogin;
      const created = link === null ? 'The first account has been created.' : 'Set the password of the first account.';
      // The link must be found whatever is logged.
      logger[link === null ? 'log' : 'warn'](new LogEntry(created, { username, ...(link !== null && { link }) }));
    } else if (firstLogin) printFirstLogin(firstLogin);
  }
}

/**
 * Listens by Fastify itself: Nest would log a failure besides throwing it.
 *
 * @returns the URL
 * @throws {ConfigError} when HOST is not an address of this machine, or PORT cannot be taken
 */
async function listen(app: NestFastifyApplication, { HOST: host, PORT: port }: Config): Promise<string> {
  try {
    return await app.getHttpAdapter().getInstance().listen({ host, port });
  } catch (error) {
    throw asListenFailure({ host, port, hostSetting: 'HOST', portSetting: 'PORT' }, error as Error);
  }
}

/** Ends the server, and says why where it says everything else. What is not its own text has been redacted: a hint like mysql://user:password@host stays whole. */
function end(reason: string): never {
  if (process.env.NODE_ENV === 'production')
    new JsonLogger('fatal', process.stderr, (line) => line).fatal(reason, 'Keywright');
  else console.error(reason);
  process.exit(EXIT.failed);
}
