import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OpenAPIObject } from '@nestjs/swagger';
import { getDataSourceToken } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { composeApp, describeApp } from '../app.js';
import { loadConfig } from '../platform/config/config.js';

const SECRET = 'not-a-secret-because-nothing-is-stored';

/** Creates the OpenAPI document from an application that serves nothing, on an empty database of its own. */
export async function createDocument(): Promise<OpenAPIObject> {
  const folder = await mkdtemp(join(tmpdir(), 'keywright-openapi-'));
  try {
    const config = loadConfig({
      DATABASE_URL: `sqlite:${join(folder, 'empty.sqlite')}`,
      JWT_SECRET: SECRET,
      KEY_PEPPERS: SECRET,
      ENCRYPTION_KEYS: SECRET,
    });
    const { app } = await composeApp(config, false);
    const document = describeApp(app);
    await app.get<DataSource>(getDataSourceToken()).destroy();
    return document;
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Returns the document as it is written to files. */
export const serialize = (document: OpenAPIObject): string => `${JSON.stringify(document, null, 2)}\n`;

/** @param file where to write the document, in place of standard output */
export async function writeDocument(file?: string): Promise<void> {
  const source = serialize(await createDocument());
  if (file === undefined) process.stdout.write(source);
  else await writeFile(file, source);
}
