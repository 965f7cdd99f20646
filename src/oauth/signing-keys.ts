import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { InjectRepository } from '@nestjs/typeorm';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type CryptoKey, type JWK } from 'jose';
import { In, LessThan, type Repository } from 'typeorm';
import { SecretCipher } from '../api-keys/credentials/secret-cipher.js';
import { Config } from '../platform/config/config.js';
import { Clock, DAY_MS, HOUR_MS } from '../platform/runtime/clock.js';
import { isDuplicate, Transactions } from '../platform/database/transactions/transactions.js';
import { withTimeout } from '../verification/in-time.js';
import { SigningKey } from './signing-key.entity.js';

export const ALGORITHM = 'ES256';

/** How long a key is published before it signs: whoever keeps a copy of the key set has it by then. */
const PUBLISHED_AHEAD_MS = DAY_MS;

/** How long a key stays beyond the end of its last token, because the clocks of instances may differ. */
const CLOCKS_APART_MS = 300_000;

/** How often at most tokens that name an unknown key have the table read again. */
const REREAD_EVERY_MS = 500;

interface LoadedKey {
  row: SigningKey;
  publicKey: CryptoKey;
  /** `null` when the encryption key that it was stored under is gone: it can check tokens and sign none. */
  privateKey: CryptoKey | null;
}

/**
 * The keys that sign access tokens, the same for all instances of a database. The next one is made a day before its time, and each is
 * published until every token that it may have signed has ended: rotation ends no session.
 */
@Injectable()
export class SigningKeys implements OnApplicationBootstrap {
  private readonly logger = new Logger('Keywright');
  /** In the order in which they begin to sign. */
  private keys: readonly LoadedKey[] = [];
  private nextReading: Promise<void> | null = null;
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

  /** Makes the next key when it is time for it, and drops those whose tokens have all ended. Of instances that do so at once one wins. */
  @Interval('signing-keys', HOUR_MS)
  async rotate(): Promise<void> {
    await this.read();
    await this.noteTtl();
    const now = this.clock.nowMs();
    const newest = this.keys.at(-1);
    // The number follows from what was read before the decision: whoever decides on the same finds it taken.
    const number = Math.max(0, ...this.keys.map(({ row }) => row.number)) + 1;
    const lastsMs = this.config.SIGNING_KEY_ROTATION_DAYS * DAY_MS;
    if (!this.signing(now)) await this.make(number, now);
    else if (newest && startOf(newest) + lastsMs - PUBLISHED_AHEAD_MS <= now)
      await this.make(number, now + PUBLISHED_AHEAD_MS);
    const gone = this.keys.filter((_, index) => !this.isPublished(index, now)).map(({ row }) => row.id);
    if (gone.length > 0) await this.transactions.run(({ manager }) => manager.delete(SigningKey, { id: In(gone) }));
    await this.read();
  }

  /** The key that signs now, by its id. */
  current(): { kid: string; privateKey: CryptoKey } {
    const key = this.signing(this.clock.nowMs());
    if (!key?.privateKey) throw new Error('There is no key to sign access tokens with.');
    return { kid: key.row.id, privateKey: key.privateKey };
  }

  /** What tokens may be checked with now (RFC 7517). */
  published(): JWK[] {
    const now = this.clock.nowMs();
    return this.keys.filter((_, index) => this.isPublished(index, now)).map(({ row }) => row.publicJwk);
  }

  /**
   * The public key of that id; the table is read again, by turns, for one that isn't known here.
   *
   * @throws {DomainError} `unavailable` when the database can't be asked
   */
  async find(kid: string): Promise<CryptoKey | null> {
    if (!this.known(kid)) await this.reread();
    return this.known(kid)?.publicKey ?? null;
  }

  private known(kid: string): LoadedKey | undefined {
    return this.keys.find(({ row }) => row.id === kid);
  }

  private signing(now: number): LoadedKey | undefined {
    return this.keys.findLast((key) => key.privateKey && startOf(key) <= now);
  }

  /** Until the next one has taken over and the last token is past its end. */
  private isPublished(index: number, now: number): boolean {
    const [key, next] = this.keys.slice(index, index + 2);
    if (!key || !next) return key !== undefined;
    return startOf(next) + key.row.tokenTtlSeconds * 1000 + CLOCKS_APART_MS > now;
  }

  /** Waits for the next reading of the table, the same for all who wait: one that has begun may have missed what came since. */
  private async reread(): Promise<void> {
    this.nextReading ??= this.readInTurn();
    await withTimeout(this.nextReading);
  }

  private async readInTurn(): Promise<void> {
    await sleep(this.readAtMs + REREAD_EVERY_MS - performance.now());
    this.nextReading = null;
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
      const privateJwk = JSON.parse(this.cipher.decrypt(row.encryptedPrivateJwk, ownerOf(row.id))) as JWK;
      return { row, publicKey, privateKey: (await importJWK(privateJwk, ALGORITHM)) as CryptoKey };
    } catch {
      this.logger.warn(`The signing key ${row.id} can't be decrypted; it checks tokens and signs none.`);
      return { row, publicKey, privateKey: null };
    }
  }

  /** Keys stay until the longest tokens have ended, whatever instance with whatever configuration signed them. */
  private async noteTtl(): Promise<void> {
    const tokenTtlSeconds = this.config.ACCESS_TOKEN_TTL_SECONDS;
    const shorter = this.keys.filter(({ row }) => row.tokenTtlSeconds < tokenTtlSeconds);
    if (shorter.length === 0) return;
    await this.transactions.run(({ manager }) =>
      manager.update(SigningKey, { tokenTtlSeconds: LessThan(tokenTtlSeconds) }, { tokenTtlSeconds }),
    );
    for (const { row } of shorter) row.tokenTtlSeconds = tokenTtlSeconds;
  }

  private async make(number: number, signsFromMs: number): Promise<void> {
    const { publicKey, privateKey } = await generateKeyPair(ALGORITHM, { extractable: true });
    const bare = await exportJWK(publicKey);
    const kid = await calculateJwkThumbprint(bare);
    const row = {
      id: kid,
      number,
      publicJwk: { ...bare, kid, use: 'sig', alg: ALGORITHM },
      encryptedPrivateJwk: this.cipher.encrypt(JSON.stringify(await exportJWK(privateKey)), ownerOf(kid)),
      tokenTtlSeconds: this.config.ACCESS_TOKEN_TTL_SECONDS,
      createdAt: this.clock.now(),
      signsFrom: new Date(signsFromMs),
    };
    try {
      await this.transactions.run(({ manager }) => manager.insert(SigningKey, row));
    } catch (error) {
      // Another instance was faster: its key is this one's as well.
      if (!isDuplicate(error)) throw error;
    }
    await this.read();
  }
}

const startOf = ({ row }: LoadedKey): number => row.signsFrom.getTime();

/** What the encrypted half is bound to. */
const ownerOf = (kid: string): string => `signing key ${kid}`;
