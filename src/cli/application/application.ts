import type { Type } from '@nestjs/common';
import { getDataSourceToken } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { composeApp } from '../../app.js';
import { requireMigrated } from '../../platform/database/schema.js';
import { DomainError } from '../../platform/events/domain-error.js';
import { ERROR_CATALOGUE } from '../../platform/events/error-catalogue.js';
import { Clock } from '../../platform/runtime/clock.js';
import { requireOwnSecrets } from '../../platform/secrets/secret-check.js';
import { configuredSecrets } from '../../secrets.js';
import { readConfigBesideServers } from './command-config.js';
import { CommandError } from '../shell/failure.js';
import { assertDatabase } from '../shell/location.js';
import { assertSecrets } from '../restore/own-secrets.js';
import { Warnings } from '../restore/warnings.js';

/** Returns a service of the application. */
export type Use = <T>(service: Type<T> | string | symbol) => T;

/** Returns the database of the application, for what services don't read. */
export const openSource = (use: Use): DataSource => use(getDataSourceToken() as string);

/**
 * Does work with the services of the application, beside running servers or without any. What it changes passes the barrier, as it does at every
 * server. It migrates nothing, and listens on no port.
 *
 * @throws {CommandError} in place of the refusal of a service
 */
export const withApplication = <T>(work: (use: Use) => Promise<T>): Promise<T> => compose(work, true);

/** Does the same without starting any part, and so without taking a lease. For work that only reads. */
export const withServices = <T>(work: (use: Use) => Promise<T>): Promise<T> => compose(work, false);

async function compose<T>(work: (use: Use) => Promise<T>, isStarted: boolean): Promise<T> {
  assertDatabase();
  assertSecrets();
  const config = readConfigBesideServers();
  const { app } = await composeApp(config, new Warnings(), new Clock(), async (database) => {
    await requireMigrated(database);
    await requireOwnSecrets(database, configuredSecrets(config));
  });
  try {
    if (isStarted) await app.init();
    return await work((service) => app.get(service, { strict: false }));
  } catch (error) {
    throw error instanceof DomainError ? asCommandError(error) : error;
  } finally {
    if (isStarted) await app.close();
  }
}

function asCommandError({ code, context }: DomainError): CommandError {
  const { meaning, remedy } = ERROR_CATALOGUE[code];
  const fields = context.fields?.map(({ field, message }) => ` ${field}: ${message}`).join(';') ?? '';
  return new CommandError(`${meaning}${fields} ${remedy}`);
}
