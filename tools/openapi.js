// Writes openapi.json from the built application, or with --check compares it and lints it by Redocly's recommended rules.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createConfig, formatProblems, getTotals, lintFromString } from '@redocly/openapi-core';
import { createApp } from '../dist/src/app.js';
import { loadConfig } from '../dist/src/platform/config/config.js';
import { createDocument } from '../dist/src/platform/openapi/document.js';

const FILE = 'openapi.json';

const folder = mkdtempSync(join(tmpdir(), 'keywright-openapi-'));
const secret = 'x'.repeat(32);
const config = loadConfig({
  DATABASE_URL: `sqlite:${join(folder, 'keywright.sqlite')}`,
  ADMIN_PASSWORD: secret,
  JWT_SECRET: secret,
  KEY_PEPPERS: secret,
  ENCRYPTION_KEYS: secret,
});
const { app } = await createApp(config, false);
const source = `${JSON.stringify(createDocument(app), null, 2)}\n`;
await app.close();
rmSync(folder, { recursive: true });

if (process.argv.includes('--check')) {
  const rules = await createConfig({ extends: ['recommended'] });
  const problems = await lintFromString({ source, absoluteRef: FILE, config: rules });
  formatProblems(problems, { format: 'codeframe', totals: getTotals(problems), version: '' });
  const isCurrent = readFileSync(FILE, 'utf8') === source;
  if (!isCurrent) console.error(`${FILE} is not what the application says; run "npm run openapi".`);
  if (isCurrent && problems.length === 0) console.log(`${FILE} is what the application says, without a lint problem.`);
  process.exitCode = isCurrent && problems.length === 0 ? 0 : 1;
} else {
  writeFileSync(FILE, source);
}
