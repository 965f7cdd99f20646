import { Injectable, Logger } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import type { Credential } from '../../api-keys/credentials/credential.js';
import { importedCredential, type KeyFormat } from '../../api-keys/credentials/imported/imported-credential.js';
import { ImportFormat } from '../../api-keys/credentials/imported/import-format.entity.js';
import { SecretCipher } from '../../platform/secrets/secret-cipher.js';

const NONE: readonly Credential[] = [];

/**
 * The formats of imported keys. Every instance holds them in memory, so that a text that has neither Keywright's own format nor an imported
 * one is refused without a database read. Formats are only ever added.
 */
@Injectable()
export class ImportedFormats {
  private readonly logger = new Logger('Keywright');
  private readonly loaded = new Map<string, KeyFormat | null>();
  private formats: readonly KeyFormat[] = [];

  constructor(
    @InjectRepository(ImportFormat) private readonly stored: Repository<ImportFormat>,
    private readonly cipher: SecretCipher,
  ) {}

  /** Loads the formats that have been added since the last call. */
  async load(): Promise<void> {
    for (const format of await this.stored.find({ order: { createdAt: 'ASC', id: 'ASC' } }))
      if (!this.loaded.has(format.id)) this.loaded.set(format.id, this.open(format));
    this.formats = [...this.loaded.values()].filter((format) => format !== null);
  }

  /** Returns the credentials under which a presented text may be stored as an imported key; none if it matches no format. */
  candidateCredentials(presented: string): readonly Credential[] {
    if (this.formats.length === 0) return NONE;
    const credentials = new Map<string, Credential>();
    for (const format of this.formats) {
      const credential = importedCredential(format, presented);
      if (credential) credentials.set(credential.publicId, credential);
    }
    return [...credentials.values()];
  }

  /**
   * Decrypts the pepper of a format.
   *
   * @returns `null` if the encryption key is gone: the format's keys are then refused, while all others continue to work
   */
  private open({ id, kind, prefix, length, lookupLength, encryptedPepper }: ImportFormat): KeyFormat | null {
    try {
      const pepper = encryptedPepper === null ? null : Buffer.from(this.cipher.decrypt(encryptedPepper, id), 'base64');
      return { id, kind, prefix, length, lookupLength, pepper };
    } catch {
      this.logger.error(
        `Cannot decrypt the pepper of import format ${id}, so its keys are refused. Was its key removed from ENCRYPTION_KEYS?`,
      );
      return null;
    }
  }
}
