import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { IsNull, MoreThan, type FindOptionsWhere, type Repository } from 'typeorm';
import { DomainError, type ErrorCode } from '../../platform/events/domain-error.js';
import { Clock, DAY_SECONDS, secondsAfter } from '../../platform/runtime/clock.js';
import type { Transaction } from '../../platform/database/transactions/transaction.js';
import type { Account } from '../account.entity.js';
import { OneTimeLink, type LinkPurpose } from './one-time-link.entity.js';

interface NewLink {
  purpose: LinkPurpose;
  ttlSeconds: number;
  accountId?: number;
  email?: string | null;
  language?: string;
  /** The token in the mail, if the other one is also given to somebody else. */
  mailedToken?: string;
}

/** A link that has been found by one of its tokens. */
export interface FoundLink extends OneTimeLink {
  /** Whether the token was sent by mail and nowhere else. */
  isMailed: boolean;
}

/** The purposes whose tokens are only mailed. */
const ONLY_MAILED: readonly LinkPurpose[] = ['account_signup', 'email_change', 'recovery'];

/** Links that are valid once. Only the hashes of tokens are stored. */
@Injectable()
export class OneTimeLinks {
  constructor(
    @InjectRepository(OneTimeLink) private readonly links: Repository<OneTimeLink>,
    private readonly clock: Clock,
  ) {}

  /** Generates a token. */
  newToken(): string {
    return randomBytes(24).toString('hex');
  }

  /** Creates a link whose token may be used once. */
  async issue(
    tx: Transaction,
    token: string,
    { purpose, ttlSeconds, accountId, email, language, mailedToken }: NewLink,
  ): Promise<OneTimeLink> {
    const now = this.clock.now();
    const link = tx.manager.create(OneTimeLink, {
      id: randomUUID(),
      tokenHash: hashToken(token),
      mailedTokenHash: mailedToken === undefined ? null : hashToken(mailedToken),
      purpose,
      accountId: accountId ?? null,
      email: email ?? null,
      language: language ?? null,
      createdAt: now,
      expiresAt: secondsAfter(now, ttlSeconds),
      usedAt: null,
    });
    await tx.manager.insert(OneTimeLink, link);
    return link;
  }

  /** Creates a link by which an account proves its address. */
  issueConfirmation(
    tx: Transaction,
    token: string,
    account: Pick<Account, 'id'> & { email: string },
  ): Promise<OneTimeLink> {
    return this.issue(tx, token, {
      purpose: 'email_change',
      ttlSeconds: DAY_SECONDS,
      accountId: account.id,
      email: account.email,
    });
  }

  /** Finds a valid link by one of its tokens, without using it. */
  async find(token: string, purpose: LinkPurpose): Promise<FoundLink | null> {
    return found(await this.links.findOneBy(this.valid(token, purpose)), token);
  }

  /**
   * Makes sure that a valid link has the token, before work is done that only its use needs. It may be used by another meanwhile.
   *
   * @throws {DomainError} `code`
   */
  async assertValid(token: string, purpose: LinkPurpose, code: ErrorCode = 'link.gone'): Promise<void> {
    if (!(await this.links.existsBy(this.valid(token, purpose)))) throw new DomainError(code);
  }

  /** Uses a link, unless the transaction fails; returns `null` when no valid link has the token. Two callers cannot both use it. */
  async use(tx: Transaction, token: string, purpose: LinkPurpose): Promise<FoundLink | null> {
    const link = await tx.manager.findOneBy(OneTimeLink, this.valid(token, purpose));
    if (!link) return null;
    const { affected } = await tx.manager.update(
      OneTimeLink,
      { id: link.id, usedAt: IsNull() },
      { usedAt: this.clock.now() },
    );
    return affected === 1 ? found(link, token) : null;
  }

  /** Withdraws unused links: of an account, or to an address, because newer ones replace them or the account has changed hands. */
  async withdraw(
    tx: Transaction,
    of: Pick<FindOptionsWhere<OneTimeLink>, 'accountId' | 'email' | 'purpose'>,
  ): Promise<void> {
    await tx.manager.update(OneTimeLink, { ...of, usedAt: IsNull() }, { usedAt: this.clock.now() });
  }

  private valid(token: string, purpose: LinkPurpose): FindOptionsWhere<OneTimeLink>[] {
    const hash = hashToken(token);
    const common = { purpose, usedAt: IsNull(), expiresAt: MoreThan(this.clock.now()) };
    return [
      { ...common, tokenHash: hash },
      { ...common, mailedTokenHash: hash },
    ];
  }
}

const found = (link: OneTimeLink | null, token: string): FoundLink | null =>
  link &&
  Object.assign(link, {
    isMailed: ONLY_MAILED.includes(link.purpose) || link.mailedTokenHash === hashToken(token),
  });

const hashToken = (token: string): string => createHash('sha256').update(token).digest('hex');
