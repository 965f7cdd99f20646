import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { PublicKeyCredentialCreationOptionsJSON } from '@simplewebauthn/server';
import type { Caller } from '../../access/caller.js';
import type { Account } from '../../accounts/account.entity.js';
import { Passkey } from '../../accounts/second-factors/passkey.entity.js';
import { isDuplicate } from '../../platform/database/engine-errors.js';
import type { Transaction } from '../../platform/database/transactions/transaction.js';
import { DomainError } from '../../platform/events/domain-error.js';
import { Clock } from '../../platform/runtime/clock.js';
import { FactorChallenges, CHALLENGE_SECONDS } from './factor-challenges.js';
import { FactorChanges } from './factor-changes.js';
import { OwnerTransactions } from '../../accounts/passwords/owner-transactions.js';
import { WebAuthn } from './webauthn.js';

/** The most passkeys of an account. */
const PASSKEYS_MAX = 20;

/** The longest credential id that an authenticator may choose, in bytes (WebAuthn, section 4). */
const CREDENTIAL_ID_BYTES = 1023;

/** A passkey that has just been registered. */
export interface NewPasskey {
  passkey: Passkey;
  /** Recovery codes if it is the first second factor, else `null`. */
  recoveryCodes: string[] | null;
}

/** Phones, computers and security keys that sign challenges. */
@Injectable()
export class PasskeysService {
  constructor(
    private readonly challenges: FactorChallenges,
    private readonly changes: FactorChanges,
    private readonly clock: Clock,
    private readonly owners: OwnerTransactions,
    private readonly webAuthn: WebAuthn,
  ) {}

  /**
   * Creates what the browser needs to create a passkey.
   *
   * @throws {DomainError} `password.current_missing`, `password.current_wrong`, `login.throttled`, `second_factor.limit_reached`
   */
  async createOptions(caller: Caller, password: string | undefined): Promise<PublicKeyCredentialCreationOptionsJSON> {
    await this.webAuthn.prepare();
    return this.owners.runChecked(caller, password, async (tx, account) => {
      const existing = await findPasskeys(tx, account);
      const challenge = await this.challenges.issue(tx, account, 'registration');
      return this.webAuthn.createOptions(challenge, account, existing, CHALLENGE_SECONDS);
    });
  }

  /**
   * Registers the passkey that the browser has created.
   *
   * @throws {DomainError} `passkey.refused`, `passkey.taken`, `second_factor.limit_reached`
   */
  async add(caller: Caller, name: string, response: object): Promise<NewPasskey> {
    await this.webAuthn.prepare();
    return this.owners.run(caller, async (tx, account) => {
      await findPasskeys(tx, account);
      const registered = await this.webAuthn.register(response, (challenge) => this.meets(tx, account, challenge));
      if (!registered || !isShortEnough(registered.credentialId)) throw new DomainError('passkey.refused');
      const passkey = tx.manager.create(Passkey, {
        ...registered,
        id: idOf(registered.credentialId),
        accountId: account.id,
        name,
        createdAt: this.clock.now(),
        lastUsedAt: null,
      });
      await tx.manager.insert(Passkey, passkey).catch((error: unknown) => {
        throw isDuplicate(error) ? new DomainError('passkey.taken') : error;
      });
      return { passkey, recoveryCodes: await this.changes.added(tx, caller, account, 'passkey') };
    });
  }

  /**
   * Removes a passkey.
   *
   * @throws {DomainError} `password.current_missing`, `password.current_wrong`, `login.throttled`, `second_factor.not_found`, `second_factor.demanded`
   */
  remove(caller: Caller, id: string, password: string | undefined): Promise<void> {
    return this.owners.runChecked(caller, password, async (tx, account) => {
      const { affected } = await tx.manager.delete(Passkey, { id, accountId: account.id });
      if (affected !== 1) throw new DomainError('second_factor.not_found');
      await this.changes.removed(tx, caller, account, 'passkey');
    });
  }

  /** Accepts a challenge that a passkey of the account has signed. */
  async accept({ manager }: Transaction, account: Account, challenge: string, response: object): Promise<boolean> {
    const { id: credentialId } = response as { id?: unknown };
    if (typeof credentialId !== 'string') return false;
    const id = idOf(credentialId);
    const passkey = await manager.findOneBy(Passkey, { id, accountId: account.id });
    const signatureCount = passkey && (await this.webAuthn.verify(response, challenge, passkey));
    if (signatureCount === null) return false;
    await manager.update(Passkey, { id }, { signatureCount, lastUsedAt: this.clock.now() });
    return true;
  }

  private async meets(tx: Transaction, account: Account, challenge: string): Promise<boolean> {
    const found = await this.challenges.take(tx, challenge, 'registration');
    if (!found || !this.challenges.isFor(found, account)) return false;
    await this.challenges.meet(tx, found);
    return true;
  }
}

/** @throws {DomainError} `second_factor.limit_reached` when there is no place for another one */
async function findPasskeys({ manager }: Transaction, { id: accountId }: Account): Promise<Passkey[]> {
  const passkeys = await manager.findBy(Passkey, { accountId });
  if (passkeys.length >= PASSKEYS_MAX) throw new DomainError('second_factor.limit_reached');
  return passkeys;
}

const isShortEnough = (credentialId: string): boolean =>
  Buffer.from(credentialId, 'base64url').length <= CREDENTIAL_ID_BYTES;

const idOf = (credentialId: string): string => createHash('sha256').update(credentialId).digest('hex');
