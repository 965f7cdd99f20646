import { ConsoleLogger } from '@nestjs/common';
import type { FirstLogin } from './accounts/first-admin.js';
import { createApp } from './app.js';
import { ConfigError, loadConfig } from './config.js';
import { serveDocumentation } from './openapi/document.js';

async function main(): Promise<void> {
  // The database and the secrets are for the server's own user alone.
  process.umask(0o077);
  const config = loadConfig(process.env);
  const logger = new ConsoleLogger({
    prefix: 'Keywright',
    json: config.isProduction,
    logLevels: ['warn', 'error', 'fatal'],
  });
  const { app, firstLogin } = await createApp(config, logger);
  serveDocumentation(app);
  try {
    await app.listen(config.PORT, config.HOST);
    console.log(`Keywright is ready.\n  Documentation  ${config.PUBLIC_URL ?? (await app.getUrl())}/docs`);
  } finally {
    // Also when the port is taken: the account is there by now, and no later start says its password.
    if (firstLogin) printLogin(firstLogin);
  }
}

function printLogin({ username, generatedPassword }: FirstLogin): void {
  console.log(`  User name      ${username}`);
  if (generatedPassword !== null) console.log(`  Password       ${generatedPassword}   (shown this once)`);
}

main().catch((error: unknown) => {
  // The stack and no more: a failed query carries its parameters along.
  console.error(error instanceof ConfigError ? error.message : error instanceof Error ? error.stack : error);
  process.exit(1);
});
