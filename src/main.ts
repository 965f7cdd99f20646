import { ConsoleLogger } from '@nestjs/common';
import { createApp } from './app.js';
import { ConfigError, loadConfig } from './config.js';
import { serveDocumentation } from './openapi/document.js';

async function main(): Promise<void> {
  const config = loadConfig(process.env);
  const logger = new ConsoleLogger({
    prefix: 'Keywright',
    json: config.isProduction,
    logLevels: ['warn', 'error', 'fatal'],
  });
  const { app, firstLogin } = await createApp(config, logger);
  serveDocumentation(app);
  await app.listen(config.PORT, config.HOST);
  const url = config.PUBLIC_URL ?? (await app.getUrl());
  console.log(`Keywright is ready.\n  Documentation  ${url}/docs`);
  if (firstLogin) console.log(`  User name      ${firstLogin.username}`);
  if (firstLogin?.generatedPassword)
    console.log(`  Password       ${firstLogin.generatedPassword}   (shown this once)`);
}

main().catch((error: unknown) => {
  console.error(error instanceof ConfigError ? error.message : error);
  process.exitCode = 1;
});
