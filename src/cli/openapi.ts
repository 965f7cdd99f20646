import { writeFile } from 'node:fs/promises';
import type { OpenAPIObject } from '@nestjs/swagger';
import { composeApp, describeApp } from '../app.js';
import { loadConfig } from '../platform/config/config.js';

const SECRET = 'not-a-secret-because-nothing-is-stored';

/** Creates the OpenAPI document from an application that serves nothing, on an empty database in memory. */
export async function createDocument(): Promise<OpenAPIObject> {
  const config = loadConfig({
    DATABASE_URL: 'sqlite::memory:',
    JWT_SECRET: SECRET,
    KEY_PEPPERS: SECRET,
    ENCRYPTION_KEYS: SECRET,
  });
  const { app } = await composeApp(config, false);
  return describeApp(app);
}

/** Returns the document as it is written to files. */
export const serialize = (document: OpenAPIObject): string => `${JSON.stringify(document, null, 2)}\n`;

/** @param file where to write the document, in place of standard output */
export async function writeDocument(file?: string): Promise<void> {
  const source = serialize(await createDocument());
  if (file === undefined) process.stdout.write(source);
  else await writeFile(file, source);
}
