import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { ClassConstructor } from 'class-transformer';
import type { Repository } from 'typeorm';
import type { Scopes } from '../../../access/scopes.js';
import type { Caller } from '../../../access/caller.js';
import { ApiKey } from '../../api-key.entity.js';
import { formerPublicIdOf, publicIdOf } from '../../credentials/imported/imported-credential.js';
import { SecretHasher, type HashedSecret } from '../../credentials/secret-hasher.js';
import type { Application } from '../../../applications/application.entity.js';
import { ApplicationsService } from '../../../applications/applications.service.js';
import { deriveUuid } from '../../../platform/runtime/derived-uuid.js';
import { Clock } from '../../../platform/runtime/clock.js';
import { DomainError } from '../../../platform/events/domain-error.js';
import { findProblems, toInput } from '../../../platform/http/input/body.pipe.js';
import { describeUnknownName, findUnknownNames } from '../../../platform/http/input/unknown-names.js';
import { isText } from '../../../platform/validation/text.js';
import { NO_PREVIOUS, NOT_EXPOSED } from '../../api-keys.service.js';
import { NO_RATE_LIMIT } from '../../rate-limits.js';
import { defaultLevel } from '../../permissions/default-level.js';
import { KeyPolicies } from '../../policy/key-policies.js';
import { resolveExpiry, type KeyPolicy } from '../../policy/key-policy.js';
import { assertGiven, readScopesOfMerchant } from '../../permissions/merchant-scopes.js';
import { EXTERNAL_ID_MAX } from '../key-settings.dto.js';
import { readSettings } from '../key-settings.js';
import type { ImportFormat } from '../../credentials/imported/import-format.entity.js';
import type { ImportFormatBody } from './formats/import-formats.dto.js';
import { ImportFormats, type Shape } from './formats/import-formats.js';
import { readShape } from './formats/read-format.js';
import { ImportedKeyBody } from './import.dto.js';
import { assertCanMatch } from './possible-match.js';
import { readHash, type FastHash, type SlowHash } from './imported-hash.js';

/** How many of a key's first characters are shown. */
const SHOWN = 12;

/** The state of one import. */
export interface ImportRun {
  id: string;
  caller: Caller;
  format: ImportFormatBody;
  isDryRun: boolean;
  /** The applications and formats of earlier rows. A rejected promise says why one is not available. */
  applications: Map<string, Promise<Application>>;
  formats: Map<string, Promise<ImportFormat>>;
  /** The scopes that the merchants of earlier rows were given. */
  given: Map<string, Promise<Scopes>>;
  /** The policies of the merchants of earlier rows for the life of keys. */
  policies: Map<string, Promise<KeyPolicy>>;
  /** Whether another merchant has had a format of such keys for longer. */
  isShared: boolean;
}

/** The ids of a key. */
export type KeyIds = Pick<ApiKey, 'id' | 'publicId'>;

/** A key to import. */
export interface KeyToImport {
  key: ApiKey;
  formatId: string;
  /** The ids that version 0.1 gave the same key. */
  former: KeyIds;
}

interface Identity {
  ids: KeyIds;
  former: KeyIds;
  formatId: string;
  hash: HashedSecret;
}

/** Converts rows to keys, without storing them. */
@Injectable()
export class ImportRows {
  constructor(
    private readonly applications: ApplicationsService,
    private readonly clock: Clock,
    private readonly formats: ImportFormats,
    private readonly hasher: SecretHasher,
    @InjectRepository(ApiKey) private readonly keys: Repository<ApiKey>,
    private readonly policies: KeyPolicies,
  ) {}

  /** @throws {DomainError} if the row can't be imported */
  async read(run: ImportRun, value: unknown): Promise<KeyToImport> {
    const row = validate(ImportedKeyBody, value);
    const { caller } = run;
    const hashed = readHash(row);
    const level = row.level ?? defaultLevel(caller);
    if (level > caller.level) throw DomainError.invalid('level', 'level must not be above your own');
    const prefix = row.lookupPrefix ?? run.format.prefix;
    if (!prefix.startsWith(run.format.prefix))
      throw DomainError.invalid('lookupPrefix', 'lookupPrefix must begin with format.prefix');
    assertCanMatch(run.format, hashed);
    const now = this.clock.now();
    const times = readTimes(row, now);
    const application = await this.findApplication(run, row.applicationId ?? null);
    const environment = row.environment ?? application?.environment ?? 'live';
    if (application && application.environment !== environment)
      throw DomainError.invalid('environment', 'environment must be that of the application');
    const merchantId = application?.merchantId ?? caller.merchantId;
    if (row.scopes) assertGiven(await this.findGiven(run, merchantId), row.scopes);
    const { ids, former, formatId, hash } = await this.createIdentity(run, merchantId, hashed);
    const own = {
      ...ids,
      ...hash,
      ...times,
      merchantId,
      accountId: caller.accountId,
      applicationId: application?.id ?? null,
      environment,
      name: row.description,
      level,
      importedPrefix: prefix.slice(0, SHOWN),
      isActive: row.isEnabled ?? true,
    };
    const settings = readSettings(row, now, 'new');
    const expiresAt = resolveExpiry(await this.findPolicy(run, merchantId), settings.expiresAt, now);
    // `new ApiKey()` already has all properties, and assigning to them is much faster than building an object from parts.
    const scopesGrantedAt = settings.scopes ? now : null;
    const key = Object.assign(new ApiKey(), NEW_KEY, own, { ...settings, scopesGrantedAt, expiresAt });
    return { key, formatId, former };
  }

  /**
   * Returns the columns that find and prove the key. The id is derived from the merchant and the hash, so that the same row is recognized even
   * after the hash has been replaced, or after a rotation has replaced the whole credential.
   */
  private async createIdentity(run: ImportRun, merchantId: string, hashed: FastHash | SlowHash): Promise<Identity> {
    const { kind } = hashed;
    const isSlow = kind === 'prefix';
    const lookup = isSlow ? hashed.lookupPrefix : hashed.digest;
    const { id: formatId } = await this.resolveFormat(
      run,
      merchantId,
      readShape(run.format, kind, isSlow ? lookup.length : null),
    );
    const format = { id: formatId, kind };
    const formerPublicId = formerPublicIdOf(format, lookup);
    return {
      formatId,
      ids: {
        id: deriveUuid(`${merchantId} ${kind}:${lookup}${isSlow ? ` ${hashed.hash}` : ''}`),
        publicId: publicIdOf(format, lookup),
      },
      former: {
        id: deriveUuid(isSlow ? `${formerPublicId} ${hashed.hash}` : formerPublicId),
        publicId: formerPublicId,
      },
      hash: isSlow ? { secretHash: hashed.hash, pepperId: hashed.algorithm } : this.hasher.hash(lookup),
    };
  }

  private resolveFormat(run: ImportRun, merchantId: string, shape: Shape): Promise<ImportFormat> {
    const name = [merchantId, shape.kind, shape.lookupLength].join(' ');
    const format = run.formats.get(name) ?? this.findFormat(run, merchantId, shape);
    run.formats.set(name, format);
    return format;
  }

  private async findFormat(run: ImportRun, merchantId: string, shape: Shape): Promise<ImportFormat> {
    const format = run.isDryRun
      ? ((await this.formats.findByShape(merchantId, shape)) ?? this.formats.draft(merchantId, shape))
      : await this.formats.ensure(run.caller, run.id, merchantId, shape);
    if (await this.formats.isShared(format)) run.isShared = true;
    return format;
  }

  private findGiven({ given }: ImportRun, merchantId: string): Promise<Scopes> {
    const scopes = given.get(merchantId) ?? readScopesOfMerchant(this.keys, merchantId);
    given.set(merchantId, scopes);
    return scopes;
  }

  private findPolicy({ policies }: ImportRun, merchantId: string): Promise<KeyPolicy> {
    const policy = policies.get(merchantId) ?? this.policies.read(merchantId);
    policies.set(merchantId, policy);
    return policy;
  }

  private async findApplication({ caller, applications }: ImportRun, id: string | null): Promise<Application | null> {
    if (id === null) return null;
    const application = applications.get(id) ?? this.applications.find(caller, id, 'write');
    applications.set(id, application);
    return application;
  }
}

function readTimes(row: ImportedKeyBody, now: Date): Pick<ApiKey, 'createdAt' | 'updatedAt' | 'lastUsedAt'> {
  const past = (field: 'createdAt' | 'lastUsedAt'): Date | null => {
    const time = row[field] == null ? null : new Date(row[field]);
    if (time && (time > now || time.getTime() < 0))
      throw DomainError.invalid(field, `${field} must be between 1970 and now`);
    return time;
  };
  return { createdAt: past('createdAt') ?? now, updatedAt: now, lastUsedAt: past('lastUsedAt') };
}

/** The values that an imported key has in the columns that its row does not set. */
const NEW_KEY = {
  ...NO_PREVIOUS,
  ...NOT_EXPOSED,
  lastFour: null,
  version: 1,
  scopes: null,
  externalId: null,
  metadata: null,
  secretIssuedAt: null,
  selfRotate: false,
  expiresAt: null,
  surface: 'merchants',
  serviceId: null,
  encryptedSecret: null,
  ...NO_RATE_LIMIT,
  quotaLimit: null,
  quotaPeriod: null,
  quotaResetAt: null,
  allowedIps: null,
  responsibleAccountId: null,
  deletedAt: null,
} as const;

/** Returns the `externalId` of a row, even of one that can't be imported. */
export function readExternalId(value: unknown): string | null {
  const { externalId } = (value ?? {}) as Partial<ImportedKeyBody>;
  return isText(externalId, EXTERNAL_ID_MAX) ? externalId : null;
}

/** @throws {DomainError} `request.invalid` if the value doesn't satisfy the validators of the class, or has names that it does not know */
export function validate<T extends object>(type: ClassConstructor<T>, value: unknown, parent = ''): T {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new DomainError('request.body_missing');
  const instance = toInput(type, value);
  const unknown = findUnknownNames(type, value, parent).map(describeUnknownName);
  const fields = [...unknown, ...findProblems(instance, parent)];
  if (fields.length > 0) throw new DomainError('request.invalid', { fields });
  return instance;
}
