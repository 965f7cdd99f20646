// Writes openapi.json and docs/errors.md from the built application; with --check compares both, and lints the document by Redocly's
// recommended rules and by rules of its own.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { createConfig, formatProblems, getTotals, lintFromString } from '@redocly/openapi-core';
import { createDocument, serialize } from '../dist/src/cli/openapi.js';
import { findPoorDescriptions, findUndescribedFields } from './descriptions.js';
import { writeErrorsPage } from './errors.js';

const DOCUMENT = 'openapi.json';

const document = await createDocument();
const source = serialize(document);
const files = { [DOCUMENT]: source, 'docs/errors.md': writeErrorsPage(document) };

if (process.argv.includes('--check')) {
  // A browser that signs in with a provider is sent away: that operation only ever answers with a redirection.
  const rules = await createConfig({ extends: ['recommended'], rules: { 'operation-2xx-response': 'off' } });
  const problems = await lintFromString({ source, absoluteRef: DOCUMENT, config: rules });
  formatProblems(problems, { format: 'codeframe', totals: getTotals(problems), version: '' });
  const outdated = Object.entries(files).filter(([file, content]) => readFileSync(file, 'utf8') !== content);
  const complaints = [
    ...findPoorDescriptions(document),
    ...new Set(findUndescribedFields(document)),
    ...outdated.map(([file]) => `${file} is not what the application says; run "npm run openapi".`),
  ];
  for (const complaint of complaints) console.error(complaint);
  const isFine = complaints.length + problems.length === 0;
  if (isFine) console.log(`${Object.keys(files).join(' and ')} are what the application says, without a lint problem.`);
  process.exitCode = isFine ? 0 : 1;
} else {
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
}
