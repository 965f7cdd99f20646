import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, MoreThanOrEqual, type Repository } from 'typeorm';
import type { ApiKey } from '../../api-keys/api-key.entity.js';
import { readPrevious, type PreviousCredential } from '../../api-keys/previous-credential.js';
import { LastSource } from '../../api-keys/uses/last-source.entity.js';
import { PreviousUse } from '../../api-keys/uses/previous-use.entity.js';
import { ScopeUse } from '../../api-keys/uses/scope-use.entity.js';
import { Clock, DAY_SECONDS } from '../../platform/runtime/clock.js';
import { KeyUsage } from './key-usage.entity.js';

/** For how long the uses of a previous credential are reported. */
const REPORTED_DAYS = 30;

/** The most sources that are reported. */
const SOURCES_MAX = 50;

/** The uses of a previous credential in an hour. */
export interface PreviousHour {
  hour: Date;
  count: number;
  /** The uses of the key in the same hour, by either credential. */
  total: number;
}

/** The uses of a previous credential from one source. */
export interface PreviousSource {
  network: string | null;
  agent: string | null;
  count: number;
  /** The hour of the last of them. */
  lastHour: Date;
}

export interface PreviousReport {
  credential: PreviousCredential;
  /** In chronological order, without hours in which it was not used. */
  hours: PreviousHour[];
  /** The busiest first. */
  sources: PreviousSource[];
}

export interface KeyUseReport {
  key: ApiKey;
  lastSource: LastSource | null;
  /** In the order in which the key has them; `null` for no restriction. */
  scopes: { scope: string; usedAt: Date | null }[] | null;
  previous: PreviousReport | null;
}

/** Reports who uses a key, and for what. */
@Injectable()
export class KeyUseReports {
  constructor(
    @InjectRepository(KeyUsage) private readonly usage: Repository<KeyUsage>,
    private readonly clock: Clock,
  ) {}

  async read(key: ApiKey): Promise<KeyUseReport> {
    const { manager } = this.usage;
    const [lastSource, scopeUses, previous] = await Promise.all([
      manager.findOneBy(LastSource, { keyId: key.id }),
      manager.findBy(ScopeUse, { keyId: key.id }),
      this.readPrevious(key),
    ]);
    const usedAt = new Map(scopeUses.map((use) => [use.scope, use.usedAt]));
    const scopes = key.scopes?.map((scope) => ({ scope, usedAt: usedAt.get(scope) ?? null })) ?? null;
    return { key, lastSource, scopes, previous };
  }

  private async readPrevious(key: ApiKey): Promise<PreviousReport | null> {
    const credential = readPrevious(key, this.clock.now());
    if (!credential) return null;
    const uses = await this.usage.manager.findBy(PreviousUse, {
      keyId: key.id,
      publicId: credential.publicId,
      hour: MoreThanOrEqual(this.clock.in(-REPORTED_DAYS * DAY_SECONDS)),
    });
    return { credential, hours: await this.hoursOf(key.id, uses), sources: sourcesOf(uses) };
  }

  private async hoursOf(keyId: string, uses: readonly PreviousUse[]): Promise<PreviousHour[]> {
    const counts = new Map<number, number>();
    for (const { hour, count } of uses) counts.set(hour.getTime(), (counts.get(hour.getTime()) ?? 0) + count);
    const hours = [...counts.keys()].sort((a, b) => a - b).map((ms) => new Date(ms));
    const valid = await this.usage.findBy({ keyId, outcome: 'VALID', hour: In(hours) });
    const totals = new Map(valid.map(({ hour, count }) => [hour.getTime(), count]));
    return hours.map((hour) => {
      const count = counts.get(hour.getTime()) ?? 0;
      // Calls of this server's own routes are uses, but no verifications.
      return { hour, count, total: Math.max(count, totals.get(hour.getTime()) ?? 0) };
    });
  }
}

function sourcesOf(uses: readonly PreviousUse[]): PreviousSource[] {
  const sources = new Map<string, PreviousSource>();
  for (const { network, agent, count, hour } of uses) {
    const name = `${network} ${agent}`;
    const source = sources.get(name) ?? { network: network || null, agent: agent || null, count: 0, lastHour: hour };
    source.count += count;
    if (hour > source.lastHour) source.lastHour = hour;
    sources.set(name, source);
  }
  return [...sources.values()].sort((a, b) => b.count - a.count).slice(0, SOURCES_MAX);
}
