import { Injectable } from '@nestjs/common';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { In, IsNull } from 'typeorm';
import { LEVELS } from '../access/levels.js';
import { Account, STATUS } from '../accounts/account.entity.js';
import { Mailer } from '../accounts/mailer.js';
import type { ApiKey, ExposureSource } from '../api-keys/api-key.entity.js';
import { shownPrefixOf } from '../api-keys/credential.js';
import type { Transaction } from '../domain/transactions.js';
import type { ExposureAction } from './exposures.js';

/** What is to be told of one key. */
export interface Notice {
  key: ApiKey;
  source: ExposureSource;
  place: string | null;
  action: ExposureAction;
}

/**
 * Mails in an hour to one merchant about keys that came in a query or over plain HTTP: what is wrong there is wrong with all its keys, and
 * shouldn't lead to a mail for each.
 */
const SIGHTINGS_PER_HOUR = 10;

const FOUND: Record<ExposureSource, string> = {
  report: 'was reported as found',
  github: 'was found by GitHub',
  query: 'came in the query of a request, where logs keep it',
  http: 'came over plain HTTP, where everybody on the way can read it',
};

const DONE: Record<ExposureAction, string> = {
  none: 'Nothing has been done with it.',
  disabled: 'It has been disabled.',
  revoked: 'It has been revoked.',
};

/** Tells the people that a key belongs to: its owner if it is a personal one, otherwise all who manage its merchant's keys. */
@Injectable()
export class ExposureMail {
  private readonly sightings = new RateLimiterMemory({ points: SIGHTINGS_PER_HOUR, duration: 3600 });

  constructor(private readonly mailer: Mailer) {}

  /** One mail to each of them, once the transaction is committed. */
  async send(tx: Transaction, notices: readonly Notice[]): Promise<void> {
    if (notices.length === 0) return;
    const merchantIds = [...new Set(notices.map(({ key }) => key.merchantId))];
    const team = await tx.manager.find(Account, {
      where: { merchantId: In(merchantIds), status: STATUS.active, deletedAt: IsNull() },
    });
    tx.afterCommit(async () => {
      const wanted = await this.withinBounds(notices);
      for (const account of team) {
        const own = wanted.filter(({ key }) => isFor(key, account));
        if (own.length > 0) this.mailer.send({ to: account.email, ...wordsFor(own) });
      }
    });
  }

  private async withinBounds(notices: readonly Notice[]): Promise<Notice[]> {
    const isSighting = ({ source }: Notice): boolean => source === 'query' || source === 'http';
    const sighted = new Set(notices.filter(isSighting).map(({ key }) => key.merchantId));
    const told = new Set<string>();
    for (const merchantId of sighted) {
      const isWithin = await this.sightings.consume(merchantId).then(
        () => true,
        () => false,
      );
      if (isWithin) told.add(merchantId);
    }
    return notices.filter((notice) => !isSighting(notice) || told.has(notice.key.merchantId));
  }
}

const isFor = (key: ApiKey, account: Account): boolean =>
  key.surface === 'accounts'
    ? key.accountId === account.id
    : key.merchantId === account.merchantId && account.level >= LEVELS.writeOwn;

function wordsFor(notices: Notice[]): { subject: string; text: string } {
  const lines = notices.map(({ key, source, place, action }) => {
    const where = place === null ? '' : ` (${place})`;
    return `"${key.name}", ${shownPrefixOf(key)}…, ${FOUND[source]}${where}. ${DONE[action]}`;
  });
  return {
    subject: notices.length === 1 ? 'An API key is exposed' : `${notices.length} API keys are exposed`,
    text: [
      ...lines,
      '',
      'Whoever has read such a key can use it. Give its users a new one, by rotating it or by making another, and revoke it.',
    ].join('\n'),
  };
}
