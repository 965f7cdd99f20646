import { Injectable, Logger } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, type Repository } from 'typeorm';
import { Merchant } from '../../accounts/merchant.entity.js';
import {
  importedCredentials,
  type ImportedCredential,
  type KeyFormat,
} from '../../api-keys/credentials/imported/imported-credential.js';
import { ImportFormat } from '../../api-keys/credentials/imported/import-format.entity.js';
import { SecretCipher } from '../../platform/secrets/secret-cipher.js';
import { inBatches } from '../../platform/runtime/batches.js';
import type { StaleEntries } from '../../platform/events/invalidation.js';

const NONE: readonly ImportedCredential[] = [];
const NO_LENGTHS = new Set<number | null>();

/** How many of a prefix's first characters formats are found by. Every format has them, but for some of version 0.1. */
const START = 4;

/**
 * The most formats that one text is tried with. The oldest come first, so that however many others choose a merchant's prefix later, its keys
 * are found as fast as before.
 */
const TRIED_MAX = 50;

/** Merchants that are read by one statement. */
const MERCHANTS_AT_ONCE = 500;

interface LoadedFormat {
  row: ImportFormat;
  /** The merchant's eight-digit `client_id`. */
  clientId: string | undefined;
  /** `null` if it cannot be used. */
  format: KeyFormat | null;
}

const NO_FORMATS: readonly LoadedFormat[] = [];

/**
 * The formats of imported keys, in the order of their age. Every instance holds them in memory, so that a text that has neither Keywright's own
 * format nor an imported one is refused without a database read.
 */
@Injectable()
export class ImportedFormats {
  private readonly logger = new Logger('Keywright');
  private loaded = new Map<string, LoadedFormat>();
  /** The formats by the first characters of their prefixes, the oldest first; those with shorter prefixes by the empty text. */
  private readonly byStart = new Map<string, LoadedFormat[]>();

  constructor(
    @InjectRepository(ImportFormat) private readonly stored: Repository<ImportFormat>,
    private readonly cipher: SecretCipher,
  ) {}

  /** Loads all formats. */
  async load(): Promise<void> {
    const rows = await this.stored.find({ order: { createdAt: 'ASC', id: 'ASC' } });
    const before = this.loaded;
    const added = await this.openAll(rows.filter(({ id }) => !before.has(id)));
    this.loaded = new Map();
    this.byStart.clear();
    for (const { id } of rows) {
      const format = before.get(id) ?? added.get(id);
      if (format) this.add(format);
    }
  }

  /** Loads or removes the formats that changes name. A change that names none is one by version 0.1, after which all are loaded. */
  async apply(changes: readonly StaleEntries[]): Promise<void> {
    const ids = new Set(changes.filter(({ kind }) => kind === 'import').map(({ id }) => id));
    if (ids.size === 0) return;
    const rows = await this.stored.findBy({ id: In([...ids]) });
    const added = await this.openAll(rows.filter(({ id }) => !this.loaded.has(id)));
    for (const { id } of rows) ids.delete(id);
    for (const [id, format] of added) if (!this.loaded.has(id)) this.add(format);
    for (const id of ids) {
      if (!this.loaded.has(id)) return this.load();
      this.remove(id);
    }
  }

  /**
   * Yields the credentials under which a presented text may be stored as an imported key, those of the oldest format first.
   *
   * @param merchant the merchant whose key it must be, by its id or `client_id`; `undefined` if it may be anybody's
   */
  candidates(presented: string, merchant?: string): Iterable<ImportedCredential> {
    const short = this.byStart.get('');
    const alike = this.byStart.get(presented.slice(0, START));
    if (short === undefined && alike === undefined) return NONE;
    return credentialsIn([...(short ?? []), ...(alike ?? [])], presented, merchant);
  }

  /** Whether a text has the format of an imported key. */
  matches(presented: string): boolean {
    for (const _ of this.candidates(presented)) return true;
    return false;
  }

  /** Returns the lengths of the imported keys that may begin at a place of a text; `null` for keys whose lengths vary. */
  lengthsAt(text: string, at: number): Set<number | null> {
    const alike = this.byStart.get(text.slice(at, at + START)) ?? NO_FORMATS;
    if (alike.length === 0) return NO_LENGTHS;
    const begun = alike.filter(({ row: { prefix } }) => text.startsWith(prefix, at));
    return new Set(begun.map(({ row: { length } }) => length));
  }

  private add(added: LoadedFormat): void {
    const { row } = added;
    this.loaded.set(row.id, added);
    const start = startOf(row);
    const alike = this.byStart.get(start) ?? [];
    const last = alike.at(-1);
    alike.push(added);
    if (last && !isOlder(last, added)) alike.sort((a, b) => (isOlder(a, b) ? -1 : 1));
    this.byStart.set(start, alike);
  }

  private remove(id: string): void {
    const removed = this.loaded.get(id);
    if (!removed) return;
    this.loaded.delete(id);
    const start = startOf(removed.row);
    const left = (this.byStart.get(start) ?? []).filter((other) => other !== removed);
    if (left.length === 0) this.byStart.delete(start);
    else this.byStart.set(start, left);
  }

  private async openAll(rows: readonly ImportFormat[]): Promise<Map<string, LoadedFormat>> {
    const clientIds = new Map<string, string>();
    for (const some of inBatches([...new Set(rows.map(({ merchantId }) => merchantId))], MERCHANTS_AT_ONCE)) {
      const merchants = await this.stored.manager.find(Merchant, {
        select: { id: true, clientId: true },
        where: { id: In(some) },
      });
      for (const { id, clientId } of merchants) clientIds.set(id, clientId);
    }
    return new Map(
      rows.map((row) => [row.id, { row, clientId: clientIds.get(row.merchantId), format: this.open(row) }]),
    );
  }

  /**
   * Decrypts the pepper of a format.
   *
   * @returns `null` if the encryption key is gone: the format's keys are then refused, while all others continue to work
   */
  private open(row: ImportFormat): KeyFormat | null {
    const { id, merchantId, kind, prefix, length, lookupLength, encryptedPepper } = row;
    try {
      const pepper = encryptedPepper === null ? null : Buffer.from(this.cipher.decrypt(encryptedPepper, id), 'base64');
      return { id, merchantId, kind, prefix, length, lookupLength, pepper };
    } catch {
      this.logger.error(
        `Cannot decrypt the pepper of import format ${id}, so its keys are refused. Was its key removed from ENCRYPTION_KEYS?`,
      );
      return null;
    }
  }
}

function* credentialsIn(
  formats: readonly LoadedFormat[],
  presented: string,
  merchant: string | undefined,
): Iterable<ImportedCredential> {
  let tried = 0;
  for (const { format, clientId } of formats) {
    if (format === null) continue;
    if (merchant !== undefined && format.merchantId !== merchant && clientId !== merchant) continue;
    const credentials = importedCredentials(format, presented);
    yield* credentials;
    if (credentials.length > 0) tried += 1;
    if (tried === TRIED_MAX) return;
  }
}

const startOf = ({ prefix }: ImportFormat): string => (prefix.length < START ? '' : prefix.slice(0, START));

function isOlder({ row: a }: LoadedFormat, { row: b }: LoadedFormat): boolean {
  const earlier = a.createdAt.getTime() - b.createdAt.getTime();
  return earlier === 0 ? a.id < b.id : earlier < 0;
}
