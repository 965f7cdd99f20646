import { Injectable, Logger } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import type { Credential } from '../../api-keys/credentials/credential.js';
import { importedCredential, type KeyFormat } from '../../api-keys/credentials/imported/imported-credential.js';
import { ImportFormat } from '../../api-keys/credentials/imported/import-format.entity.js';
import { SecretCipher } from '../../api-keys/credentials/secret-cipher.js';

const NONE: readonly Credential[] = [];

/**
 * What imported keys look like, known to every instance, so that what is neither a key of ours nor of an imported format is refused without
 * asking the database. Formats are only ever added.
 */
@Injectable()
export class ImportedFormats {
  private readonly logger = new Logger('Keywright');
  private readonly known = new Map<string, KeyFormat | null>();
  private formats: readonly KeyFormat[] = [];

  constructor(
    @InjectRepository(ImportFormat) private readonly stored: Repository<ImportFormat>,
    private readonly cipher: SecretCipher,
  ) {}

  /** Learns of the formats that have been added. */
  async load(): Promise<void> {
    for (const format of await this.stored.find({ order: { createdAt: 'ASC', id: 'ASC' } }))
      if (!this.known.has(format.id)) this.known.set(format.id, this.open(format));
    this.formats = [...this.known.values()].filter((format) => format !== null);
  }

  /** What a presented text may be stored as, if it is an imported key: nothing unless it has the shape of some. */
  candidateCredentials(presented: string): readonly Credential[] {
    if (this.formats.length === 0) return NONE;
    const credentials = new Map<string, Credential>();
    for (const format of this.formats) {
      const credential = importedCredential(format, presented);
      if (credential) credentials.set(credential.publicId, credential);
    }
    return [...credentials.values()];
  }

  /** `null` when its pepper can't be decrypted any more: its keys are refused, and all others go on working. */
  private open({ id, kind, prefix, length, lookupLength, encryptedPepper }: ImportFormat): KeyFormat | null {
    try {
      const pepper = encryptedPepper === null ? null : Buffer.from(this.cipher.decrypt(encryptedPepper, id), 'base64');
      return { id, kind, prefix, length, lookupLength, pepper };
    } catch {
      this.logger.error(
        `The pepper of the imported format ${id} can't be decrypted: is its ENCRYPTION_KEYS entry gone?`,
      );
      return null;
    }
  }
}
