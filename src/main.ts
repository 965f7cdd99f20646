import type { FirstLogin } from './accounts/first-admin.js';
import { createApp, describeApp } from './app.js';
import { ConfigError, loadConfig } from './platform/config/config.js';
import { LogEntry } from './platform/observability/logs/log-entry.js';
import { JsonLogger } from './platform/observability/logs/json-logger.js';
import { redact } from './platform/observability/logs/redaction.js';
import { createLogger } from './platform/observability/logs/server-logger.js';
import { serveDocumentation } from './platform/openapi/document.js';

async function main(): Promise<void> {
  // The database and the secrets are for the server's own user alone.
  process.umask(0o077);
  const config = loadConfig(process.env);
  const logger = createLogger(config);
  process.on('uncaughtException', end);
  const { app, firstLogin } = await createApp(config, logger);
  serveDocumentation(app, () => describeApp(app));
  try {
    await app.listen(config.PORT, config.HOST);
    const documentation = `${config.PUBLIC_URL ?? (await app.getUrl())}/docs`;
    if (config.isProduction) logger.log(new LogEntry('Keywright is ready.', { documentation }));
    else console.log(`Keywright is ready.\n  Documentation  ${documentation}`);
  } finally {
    // Also when the port is taken: the account is there by now, and no later start says its password.
    if (firstLogin?.generatedPassword === null && config.isProduction)
      logger.log(new LogEntry('The first account is made.', { username: firstLogin.username }));
    else if (firstLogin) printLogin(firstLogin);
  }
}

function printLogin({ username, generatedPassword }: FirstLogin): void {
  console.log(`  User name      ${username}`);
  if (generatedPassword !== null) console.log(`  Password       ${generatedPassword}   (shown this once)`);
}

/** Says why the program ends, as it says everything else, and ends it. */
function end(error: unknown): never {
  // The stack and no more: a failed query carries its parameters along.
  const text = error instanceof ConfigError ? error.message : String(error instanceof Error ? error.stack : error);
  if (process.env.NODE_ENV === 'production') new JsonLogger('fatal', process.stderr).fatal(text, 'Keywright');
  else console.error(redact(text));
  process.exit(1);
}

main().catch(end);
