// Writes src/document and src/resources from openapi.json; with --check compares them and changes nothing.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'prettier';
import { declareObjects, declareOptions, writeMethod, writeOperation } from './methods.js';
import { capitalize } from './names.js';
import { readOperations } from './operations.js';
import { comment, Types } from './types.js';

const PACKAGE = join(import.meta.dirname, '..');
const TARGET = join(PACKAGE, 'src');
const FOLDERS = ['document', 'resources'];
const HEAD = '// Generated from openapi.json by generator/generate.js. Do not edit.\n\n';
const PRETTIER = { parser: 'typescript', singleQuote: true, printWidth: 120 };

const document = JSON.parse(readFileSync(join(PACKAGE, '../../openapi.json'), 'utf8'));
const { version } = JSON.parse(readFileSync(join(PACKAGE, 'package.json'), 'utf8'));
const operations = readOperations(document);
const methods = operations.filter(({ keyedOf }) => keyedOf === undefined);

/** Errors that most operations have are described once, with the error class. */
const counts = new Map();
for (const code of operations.flatMap(({ errors }) => [...new Set(errors.map(([, name]) => name))]))
  counts.set(code, (counts.get(code) ?? 0) + 1);
const isCommonError = (code) => counts.get(code) > operations.length / 2;

const kebab = (name) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
const importTypes = (names, from) =>
  names.size === 0 ? '' : `import type { ${[...names].sort().join(', ')} } from '${from}';\n`;

function writeSchemas() {
  const types = new Types();
  return Object.entries(document.components.schemas)
    .map(([name, schema]) => types.declare(name, schema))
    .join('\n');
}

function writeTable() {
  const keyed = new Map(operations.filter(({ keyedOf }) => keyedOf).map((operation) => [operation.keyedOf, operation]));
  const counterparts = operations.filter(({ keyedOf }) => keyedOf).map((operation) => writeOperation(operation));
  const rows = methods.map((operation) => writeOperation(operation, keyed.get(operation.id)));
  return `import type { Operation } from '../transport/operation.js';\n\n${[...counterparts, ...rows].join('')}`;
}

function writeResource(ofResource) {
  const [{ resource }] = ofResource;
  const types = new Types();
  const objects = ofResource.map((operation) => declareObjects(operation, types)).join('\n');
  const options = objects + ofResource.map((operation) => declareOptions(operation, types)).join('');
  const code = ofResource.map((operation) => writeMethod(operation, document, types, isCommonError)).join('\n');
  const isUsed = (name) => new RegExp(`\\b${name}\\b`).test(options + code.replace(/\/\*\*[\s\S]*?\*\//g, ''));
  const used = (...names) => new Set(names.filter(isUsed));
  return [
    importTypes(used('Answer'), '../transport/answer.js'),
    importTypes(used('List'), '../transport/list.js'),
    importTypes(used('Lines'), '../transport/lines.js'),
    importTypes(used('IdempotentOptions', 'RequestOptions', 'VersionedOptions'), '../transport/options.js'),
    `import { Resource } from '../transport/resource.js';\n`,
    `import * as operations from './operations.js';\n`,
    importTypes(types.names, '../document/schemas.js'),
    `\n${options}${comment(resource.description)}export class ${capitalize(resource.name)} extends Resource {\n${code}}\n`,
  ].join('');
}

function writeIndex(resources) {
  const names = [...resources.keys()];
  const fields = names.map((name) => {
    const { description } = resources.get(name)[0].resource;
    return `${comment(description)}readonly ${name}: ${capitalize(name)};`;
  });
  return [
    `import type { Transport } from '../transport/transport.js';\n`,
    ...names.map((name) => `import { ${capitalize(name)} } from './${kebab(name)}.js';\n`),
    '\n/** Everything that the server can do, by the tags of its OpenAPI document. */\nexport class Resources {\n',
    `${fields.join('\n')}\n\nconstructor(transport: Transport) {\n`,
    ...names.map((name) => `this.${name} = new ${capitalize(name)}(transport);\n`),
    '}\n}\n',
  ].join('');
}

function writeExports(resources) {
  const names = [...resources.keys()];
  return names.map((name) => `export type * from './${kebab(name)}.js';\n`).join('');
}

function writeEvents() {
  const types = new Types();
  const events = Object.values(document.webhooks).map(({ post }) => {
    const [content] = Object.values(post.requestBody.content);
    return types.of(content.schema);
  });
  const about =
    'An event that a webhook delivers. `type` tells them apart. A newer server may send types that are not listed here.';
  return `${importTypes(types.names, './schemas.js')}\n${comment(about)}export type WebhookEvent = ${events.join(' | ')};\n`;
}

const resources = new Map();
for (const operation of methods) {
  const { name } = operation.resource;
  resources.set(name, [...(resources.get(name) ?? []), operation]);
}

const sources = {
  'document/events.ts': writeEvents(),
  'document/schemas.ts': writeSchemas(),
  'document/version.ts': `/** The version of this package. */\nexport const VERSION = '${version}';\n`,
  'resources/all.ts': writeIndex(resources),
  'resources/operations.ts': writeTable(),
  'resources/types.ts': writeExports(resources),
};
for (const [name, ofResource] of resources) sources[`resources/${kebab(name)}.ts`] = writeResource(ofResource);

const files = {};
for (const [name, source] of Object.entries(sources)) files[name] = await format(HEAD + source, PRETTIER);

const present = FOLDERS.filter((folder) => existsSync(join(TARGET, folder))).flatMap((folder) =>
  readdirSync(join(TARGET, folder)).map((name) => `${folder}/${name}`),
);

if (process.argv.includes('--check')) {
  const outdated = [...new Set([...present, ...Object.keys(files)])].filter(
    (name) => !(name in files) || !present.includes(name) || readFileSync(join(TARGET, name), 'utf8') !== files[name],
  );
  for (const name of outdated)
    console.error(`src/${name} is not what openapi.json says; run "npm run generate -w @keywright/sdk".`);
  if (outdated.length === 0) console.log(`The sources are what openapi.json says: ${operations.length} operations.`);
  process.exitCode = outdated.length === 0 ? 0 : 1;
} else {
  for (const folder of FOLDERS) {
    rmSync(join(TARGET, folder), { recursive: true, force: true });
    mkdirSync(join(TARGET, folder));
  }
  for (const [name, content] of Object.entries(files)) writeFileSync(join(TARGET, name), content);
}
