import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createApp } from '../../app.js';
import type { Config } from '../../platform/config/config.js';
import { startWarnings } from '../../platform/config/start-warnings.js';
import { asListenFailure } from '../../platform/http/listen-failure.js';
import { LogEntry } from '../../platform/observability/logs/log-entry.js';
import { createLogger } from '../../platform/observability/logs/server-logger.js';
import { end } from './end.js';
import { printFirstLogin } from './first-login.js';
import { servePages } from './pages.js';
import { stopInTime } from './stop.js';
import { isSpokesman, tellReady } from './worker-ready.js';

/** Starts the server in this process. */
export async function startServer(config: Config): Promise<void> {
  const logger = createLogger(config);
  if (isSpokesman()) for (const warning of startWarnings(config)) logger.warn(warning, 'Keywright');
  const { app, firstLogin } = await createApp(config, logger);
  stopInTime(config.SHUTDOWN_DELAY_SECONDS, end);
  servePages(app, config);
  try {
    const url = await listen(app, config);
    const base = (config.PUBLIC_URL ?? url).replace(/\/+$/, '');
    const webConsole = config.CONSOLE ? `${base}/console` : undefined;
    const documentation = config.DOCS ? `${base}/docs` : undefined;
    tellReady();
    if (config.isProduction)
      logger.log(new LogEntry('Keywright is ready.', { url, console: webConsole, documentation }));
    else if (isSpokesman()) {
      const lines = [webConsole && `Console        ${webConsole}`, documentation && `Documentation  ${documentation}`];
      console.log(`Keywright is ready.\n  ${lines.filter(Boolean).join('\n  ') || `URL  ${url}`}`);
    }
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
