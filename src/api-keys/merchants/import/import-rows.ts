import { hash, randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { plainToInstance, type ClassConstructor } from 'class-transformer';
import { validateSync } from 'class-validator';
import type { Caller } from '../../../access/caller.js';
import { ApiKey } from '../../api-key.entity.js';
import { credentialFromDigest, idOfPrefix } from '../../credentials/imported/imported-credential.js';
import { SecretHasher } from '../../credentials/secret-hasher.js';
import type { Application } from '../../../applications/application.entity.js';
import { ApplicationsService } from '../../../applications/applications.service.js';
import { Clock } from '../../../platform/runtime/clock.js';
import { DomainError } from '../../../platform/events/domain-error.js';
import { problems } from '../../../platform/http/body.pipe.js';
import { isText } from '../../../platform/validation/text.js';
import { NO_PREVIOUS, NOT_EXPOSED } from '../../api-keys.service.js';
import { defaultLevel } from '../../permissions/default-level.js';
import { readSettings } from '../key-settings.js';
import { EXTERNAL_ID_MAX, ImportedKeyBody, type ImportFormatBody } from './import.dto.js';
import { ImportFormats, readShape, type Shape } from './import-formats.js';
import { readHash, type FastHash, type SlowHash } from './imported-hash.js';

/** Characters of a key that are shown. */
const SHOWN = 12;

/** One call of the import. */
export interface ImportRun {
  id: string;
  caller: Caller;
  format: ImportFormatBody;
  isDryRun: boolean;
  /** Applications and formats that rows named before, or why they can't be had. */
  applications: Map<string, Promise<Application>>;
  formatIds: Map<string, Promise<string>>;
}

/** Turns rows into keys, without storing them. */
@Injectable()
export class ImportRows {
  constructor(
    private readonly applications: ApplicationsService,
    private readonly clock: Clock,
    private readonly formats: ImportFormats,
    private readonly hasher: SecretHasher,
  ) {}

  /** @throws {DomainError} what would be the answer if the row had come alone */
  async read(run: ImportRun, value: unknown): Promise<ApiKey> {
    const row = checked(ImportedKeyBody, value);
    const { caller } = run;
    const hashed = readHash(row);
    const level = row.level ?? defaultLevel(caller);
    if (level > caller.level) throw DomainError.invalid('level', 'level must not be above your own');
    const prefix = row.lookupPrefix ?? run.format.prefix ?? '';
    if (!prefix.startsWith(run.format.prefix ?? ''))
      throw DomainError.invalid('lookupPrefix', 'lookupPrefix must begin with format.prefix');
    const times = this.timesOf(row);
    const application = await this.applicationOf(run, row.applicationId ?? null);
    const environment = row.environment ?? application?.environment ?? 'live';
    if (application && application.environment !== environment)
      throw DomainError.invalid('environment', "environment must be the application's");
    const merchantId = application?.merchantId ?? caller.merchantId;
    const own = {
      ...(await this.identityOf(run, merchantId, hashed)),
      ...times,
      merchantId,
      accountId: caller.accountId,
      applicationId: application?.id ?? null,
      environment,
      name: row.description,
      level,
      importedPrefix: prefix.slice(0, SHOWN),
      externalId: row.externalId ?? null,
      isActive: row.isEnabled ?? true,
    };
    // A new key has a place for everything already: to fill it takes a fraction of putting an object together from parts.
    return Object.assign(new ApiKey(), NEW_KEY, own, readSettings(row, this.clock.now(), 'new'));
  }

  /**
   * What finds and proves the key. Its id follows from the hash, so that the same row is known again after the hash has been replaced, or
   * the whole credential by a rotation.
   */
  private async identityOf(
    run: ImportRun,
    merchantId: string,
    hashed: FastHash | SlowHash,
  ): Promise<Pick<ApiKey, 'id' | 'publicId' | 'secretHash' | 'pepperId'>> {
    if (hashed.kind !== 'prefix') {
      await this.formatOf(run, merchantId, readShape(run.format, hashed.kind, null));
      const { publicId, secret } = credentialFromDigest(hashed.kind, hashed.digest);
      return { id: uuidOf(publicId), publicId, ...this.hasher.hash(secret) };
    }
    const { lookupPrefix, algorithm, hash: slowHash } = hashed;
    const formatId = await this.formatOf(run, merchantId, readShape(run.format, 'prefix', lookupPrefix.length));
    const publicId = idOfPrefix(formatId, lookupPrefix);
    return { id: uuidOf(`${publicId} ${slowHash}`), publicId, secretHash: slowHash, pepperId: algorithm };
  }

  private formatOf(run: ImportRun, merchantId: string, shape: Shape): Promise<string> {
    const name = [merchantId, shape.kind, shape.lookupLength].join(' ');
    const id =
      run.formatIds.get(name) ??
      (run.isDryRun
        ? this.formats.find(merchantId, shape).then((found) => found ?? randomUUID())
        : this.formats.ensure(run.caller, run.id, merchantId, shape));
    run.formatIds.set(name, id);
    return id;
  }

  private async applicationOf({ caller, applications }: ImportRun, id: string | null): Promise<Application | null> {
    if (id === null) return null;
    const application = applications.get(id) ?? this.applications.find(caller, id, 'write');
    applications.set(id, application);
    return application;
  }

  private timesOf(row: ImportedKeyBody): Pick<ApiKey, 'createdAt' | 'updatedAt' | 'lastUsedAt'> {
    const now = this.clock.now();
    const past = (field: 'createdAt' | 'lastUsedAt'): Date | null => {
      const time = row[field] == null ? null : new Date(row[field]);
      if (time && (time > now || time.getTime() < 0))
        throw DomainError.invalid(field, `${field} must be in the past, after 1970`);
      return time;
    };
    return { createdAt: past('createdAt') ?? now, updatedAt: now, lastUsedAt: past('lastUsedAt') };
  }
}

/** What is the same for every key that is imported. */
const NEW_KEY = {
  ...NO_PREVIOUS,
  ...NOT_EXPOSED,
  lastFour: null,
  version: 1,
  scopes: null,
  metadata: null,
  expiresAt: null,
  surface: 'merchants',
  serviceId: null,
  encryptedSecret: null,
  rateLimit: null,
  rateWindowSeconds: null,
  quotaLimit: null,
  quotaPeriod: null,
  allowedIps: null,
  responsibleAccountId: null,
  deletedAt: null,
} as const;

/** What a row calls its key, also one that can't be imported. */
export function externalIdIn(value: unknown): string | null {
  const { externalId } = (value ?? {}) as Partial<ImportedKeyBody>;
  return isText(externalId, EXTERNAL_ID_MAX) ? externalId : null;
}

/** @throws {DomainError} `request.invalid` for what isn't as the class says */
export function checked<T extends object>(type: ClassConstructor<T>, value: unknown, parent = ''): T {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new DomainError('request.body_missing');
  const instance = plainToInstance(type, value);
  const errors = validateSync(instance, { whitelist: true, stopAtFirstError: true });
  if (errors.length > 0)
    throw new DomainError('request.invalid', { fields: errors.flatMap((error) => problems(error, parent)) });
  return instance;
}

/** A uuid that is the same for the same text (RFC 9562, version 8). */
function uuidOf(text: string): string {
  const digits = hash('sha256', text, 'hex');
  const parts = [digits.slice(0, 8), digits.slice(8, 12), `8${digits.slice(13, 16)}`, `a${digits.slice(17, 20)}`];
  return [...parts, digits.slice(20, 32)].join('-');
}
