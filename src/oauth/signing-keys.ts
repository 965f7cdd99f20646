import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { InjectRepository } from '@nestjs/typeorm';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type CryptoKey, type JWK } from 'jose';
import { In, LessThan, type Repository } from 'typeorm';
import { SecretCipher } from '../platform/secrets/secret-cipher.js';
import { Config } from '../platform/config/config.js';
import { Clock, DAY_MS, HOUR_MS } from '../platform/runtime/clock.js';
import { Transactions } from '../platform/database/transactions/transactions.js';
import { isDuplicate } from '../platform/database/engine-errors.js';
import { withTimeout } from '../platform/database/with-timeout.js';
import { SigningKey } from './signing-key.entity.js';

export const ALGORITHM = 'ES256';

/** How long a key is published before it signs, so that every copy of the key set holds it by then. */
const PUBLISHED_AHEAD_MS = DAY_MS;

/** How long a key is kept after its last token has expired, because the clocks of instances may differ. */
const MAX_CLOCK_SKEW_MS = 300_000;

/** The shortest time between two reads of the table that are caused by tokens with an unknown signing key. */
const REREAD_EVERY_MS = 500;

interface LoadedKey {
  row: SigningKey;
  publicKey: CryptoKey;
  /** `null` if the encryption key that it was stored under is gone. The signing key then still checks tokens, but can't sign. */
  privateKey: CryptoKey | null;
}

/**
 * The keys that sign access tokens, shared by all instances of a database. The next key is created a day before it starts to sign, and each
 * key is published until every token that it may have signed has expired, so that a rotation ends no session.
 */
@Injectable()
export class SigningKeys implements OnApplicationBootstrap {
  private readonly logger = new Logger('Keywright');
  /** In the order in which they start to sign. */
  private keys: readonly LoadedKey[] = [];
  private nextRead: Promise<void> | null = null;
  private readAtMs = Number.NEGATIVE_INFINITY;

  constructor(
    @InjectRepository(SigningKey) private readonly rows: Repository<SigningKey>,
    private readonly cipher: SecretCipher,
    private readonly clock: Clock,
    private readonly config: Config,
    private readonly transactions: Transactions,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.rotate();
  }

  /**
   * Creates the next key when it is due, and deletes keys whose tokens have all expired. When several instances do so at the same time, one
   * wins.
   */
  @Interval('signing-keys', HOUR_MS)
  async rotate(): Promise<void> {
    await this.read();
    await this.recordTtl();
    const now = this.clock.nowMs();
    const newest = this.keys.at(-1);
    // The number is derived from the keys that the decision is based on, so an instance that decides on the same keys finds it taken.
    const number = Math.max(0, ...this.keys.map(({ row }) => row.number)) + 1;
    const signsForMs = this.config.SIGNING_KEY_ROTATION_DAYS * DAY_MS;
    if (!this.findSigningKey(now)) await this.create(number, now);
    else if (newest && startMs(newest) + signsForMs - PUBLISHED_AHEAD_MS <= now)
      await this.create(number, now + PUBLISHED_AHEAD_MS);
    const unneeded = this.keys.filter((_, index) => !this.isPublished(index, now)).map(({ row }) => row.id);
    if (unneeded.length > 0)
      await this.transactions.run(({ manager }) => manager.delete(SigningKey, { id: In(unneeded) }));
    await this.read();
  }

  /** Returns the key that signs now, and its id. */
  current(): { kid: string; privateKey: CryptoKey } {
    const key = this.findSigningKey(this.clock.nowMs());
    if (!key?.privateKey) throw new Error('No key is available to sign access tokens.');
    return { kid: key.row.id, privateKey: key.privateKey };
  }

  /** Returns the public keys that tokens can be checked with now (RFC 7517). */
  published(): JWK[] {
    const now = this.clock.nowMs();
    return this.keys.filter((_, index) => this.isPublished(index, now)).map(({ row }) => row.publicJwk);
  }

  /**
   * Returns the public key with this id. If it isn't known here, the table is read again.
   *
   * @throws {DomainError} `unavailable` if the database is unavailable
   */
  async find(kid: string): Promise<CryptoKey | null> {
    if (!this.known(kid)) await this.reread();
    return this.known(kid)?.publicKey ?? null;
  }

  private known(kid: string): LoadedKey | undefined {
    return this.keys.find(({ row }) => row.id === kid);
  }

  private findSigningKey(now: number): LoadedKey | undefined {
    return this.keys.findLast((key) => key.privateKey && startMs(key) <= now);
  }

  /** Returns whether a key is published, which it is until the next key has taken over and its own last token has expired. */
  private isPublished(index: number, now: number): boolean {
    const [key, next] = this.keys.slice(index, index + 2);
    if (!key || !next) return key !== undefined;
    return startMs(next) + key.row.tokenTtlSeconds * 1000 + MAX_CLOCK_SKEW_MS > now;
  }

  /** Waits for the next read of the table, which all callers share. A read that has already started may miss a new key. */
  private async reread(): Promise<void> {
    this.nextRead ??= this.readWhenDue();
    await withTimeout(this.nextRead);
  }

  private async readWhenDue(): Promise<void> {
    await sleep(this.readAtMs + REREAD_EVERY_MS - performance.now());
    this.nextRead = null;
    await this.read();
  }

  private async read(): Promise<void> {
    this.readAtMs = performance.now();
    const rows = await this.rows.find({ order: { signsFrom: 'ASC', number: 'ASC' } });
    this.keys = await Promise.all(rows.map((row) => this.load(row, this.known(row.id))));
  }

  private async load(row: SigningKey, known: LoadedKey | undefined): Promise<LoadedKey> {
    if (known) return { ...known, row };
    const publicKey = (await importJWK(row.publicJwk, ALGORITHM)) as CryptoKey;
    try {
      const privateJwk = JSON.parse(this.cipher.decrypt(row.encryptedPrivateJwk, additionalData(row.id))) as JWK;
      return { row, publicKey, privateKey: (await importJWK(privateJwk, ALGORITHM)) as CryptoKey };
    } catch {
      this.logger.warn(`Cannot decrypt signing key ${row.id}, so it checks tokens but signs none.`);
      return { row, publicKey, privateKey: null };
    }
  }

  /** Records a longer token lifetime on all keys, because instances with different configurations sign with the same keys. */
  private async recordTtl(): Promise<void> {
    const tokenTtlSeconds = this.config.ACCESS_TOKEN_TTL_SECONDS;
    const shorter = this.keys.filter(({ row }) => row.tokenTtlSeconds < tokenTtlSeconds);
    if (shorter.length === 0) return;
    await this.transactions.run(({ manager }) =>
      manager.update(SigningKey, { tokenTtlSeconds: LessThan(tokenTtlSeconds) }, { tokenTtlSeconds }),
    );
    for (const { row } of shorter) row.tokenTtlSeconds = tokenTtlSeconds;
  }

  private async create(number: number, signsFromMs: number): Promise<void> {
    const { publicKey, privateKey } = await generateKeyPair(ALGORITHM, { extractable: true });
    const bare = await exportJWK(publicKey);
    const kid = await calculateJwkThumbprint(bare);
    const row = {
      id: kid,
      number,
      publicJwk: { ...bare, kid, use: 'sig', alg: ALGORITHM },
      encryptedPrivateJwk: this.cipher.encrypt(JSON.stringify(await exportJWK(privateKey)), additionalData(kid)),
      tokenTtlSeconds: this.config.ACCESS_TOKEN_TTL_SECONDS,
      createdAt: this.clock.now(),
      signsFrom: new Date(signsFromMs),
    };
    try {
      await this.transactions.run(({ manager }) => manager.insert(SigningKey, row));
    } catch (error) {
      // Another instance was faster, and its key is used.
      if (!isDuplicate(error)) throw error;
    }
    await this.read();
  }
}

const startMs = ({ row }: LoadedKey): number => row.signsFrom.getTime();

/** What the encrypted private key is bound to. */
export const additionalData = (kid: string): string => `signing key ${kid}`;
