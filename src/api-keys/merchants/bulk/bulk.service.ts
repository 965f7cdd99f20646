import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, IsNull, type Repository } from 'typeorm';
import type { Caller } from '../../../access/caller.js';
import { ApiKey } from '../../api-key.entity.js';
import { KeyRetirement } from '../../key-revocation.js';
import { KeySwitch } from '../../key-activation.js';
import { inBatches } from '../../../platform/runtime/batches.js';
import { DomainError, type ErrorCode } from '../../../platform/events/domain-error.js';
import { Transactions, type Transaction } from '../../../platform/database/transactions/transactions.js';
import type { Reach } from '../list/key-criteria.js';
import type { KeyFilter } from '../list/key-filter.dto.js';
import { KeysService, reachOf } from '../list/keys.service.js';
import { KeyStates, type StatedKey } from '../key-status.js';
import type { BulkBody } from './bulk.dto.js';

/** Keys that one call may change. */
const MAX_KEYS = 10_000;

/** Keys that one transaction changes. */
const BATCH = 500;

/** Keys that a dry run shows. */
const SHOWN = 100;

export type BulkAction = 'revoke' | 'disable' | 'enable';

/** A key, and why nothing became of it, if nothing did. */
export interface KeyOutcome {
  id: string;
  refusal: ErrorCode | null;
}

export type BulkOutcome =
  { kind: 'preview'; count: number; keys: StatedKey[] } | { kind: 'results'; keys: KeyOutcome[] };

/** The keys that a call means: those it can change, the first of them, and what becomes of the others. */
interface Meant {
  ids: string[];
  first: StatedKey[];
  outcomes: Map<string, ErrorCode | null>;
}

/** Revokes, disables and enables many keys in one call. */
@Injectable()
export class BulkService {
  constructor(
    @InjectRepository(ApiKey) private readonly keys: Repository<ApiKey>,
    private readonly keySwitch: KeySwitch,
    private readonly retirement: KeyRetirement,
    private readonly finder: KeysService,
    private readonly states: KeyStates,
    private readonly transactions: Transactions,
  ) {}

  /**
   * Every transaction stands by itself, so that what a crash leaves is done by the next call; the answer waits for all instances once, in the end.
   *
   * @throws {DomainError} `access.other_owner`; `request.invalid`, also for a filter that means too many keys; `bulk.count_differs`
   */
  async run(caller: Caller, merchantId: string | undefined, body: BulkBody, action: BulkAction): Promise<BulkOutcome> {
    const reach = reachOf(caller, merchantId, 'write');
    const { ids, first, outcomes } = await this.meant(reach, body);
    const count = ids.length;
    if (body.dryRun === true) return { kind: 'preview', count, keys: first };
    if (body.expectedCount === undefined)
      throw DomainError.invalid('expectedCount', 'expectedCount must say how many keys are meant');
    if (body.expectedCount !== count) throw new DomainError('bulk.count_differs', { count });

    await this.transactions.runEach([...inBatches(ids, BATCH)], async (tx, batch) => {
      const done = await this.act(tx, caller, batch, action);
      for (const id of batch) outcomes.set(id, done.has(id) ? (done.get(id) ?? null) : 'api_key.not_found');
    });
    return { kind: 'results', keys: [...outcomes].map(([id, refusal]) => ({ id, refusal })) };
  }

  /** What became of the keys; of those that are gone there is nothing to say. */
  private async act(
    tx: Transaction,
    caller: Caller,
    ids: string[],
    action: BulkAction,
  ): Promise<Map<string, ErrorCode | null>> {
    if (action === 'enable') {
      const { enabled, refused } = await this.keySwitch.enable(tx, caller, ids);
      return new Map([...refused, ...enabled.map(({ id }) => [id, null] as const)]);
    }
    const done =
      action === 'revoke'
        ? await this.retirement.retireMany(tx, caller, ids, 'deleted')
        : await this.keySwitch.disable(tx, caller, ids);
    return new Map(done.map(({ id }) => [id, null]));
  }

  private meant(reach: Reach, { ids, filter }: BulkBody): Promise<Meant> {
    if (ids && !filter) return this.named(reach, ids);
    if (filter && !ids) return this.filtered(reach, filter);
    throw DomainError.invalid(ids ? 'filter' : 'ids', 'ids or filter must be given, and not both');
  }

  private async named({ merchantId, personalOf }: Reach, ids: string[]): Promise<Meant> {
    const wanted = [...new Set(ids.map((id) => id.toLowerCase()))];
    const byId = new Map<string, ApiKey>();
    for (const batch of inBatches(wanted, BATCH))
      for (const key of await this.keys.findBy({ id: In(batch), deletedAt: IsNull() })) byId.set(key.id, key);
    const isReached = (key: ApiKey): boolean =>
      key.merchantId === merchantId &&
      (key.surface !== 'accounts' || personalOf === null || key.accountId === personalOf);
    const reached = wanted.flatMap((id) => byId.get(id) ?? []).filter(isReached);
    const refusals = wanted.map((id) => [id, byId.has(id) ? 'access.other_owner' : 'api_key.not_found'] as const);
    return {
      ids: reached.map(({ id }) => id),
      first: await this.states.of(reached.slice(0, SHOWN)),
      outcomes: new Map<string, ErrorCode | null>(refusals),
    };
  }

  /** @throws {DomainError} `request.invalid` when more keys meet the filter than one call may change */
  private async filtered(reach: Reach, filter: KeyFilter): Promise<Meant> {
    const ids: string[] = [];
    const first: StatedKey[] = [];
    for await (const batch of this.finder.batches(reach, filter)) {
      first.push(...batch.slice(0, SHOWN - first.length));
      ids.push(...batch.map(({ key }) => key.id));
      if (ids.length > MAX_KEYS) throw DomainError.invalid('filter', `filter must not mean more than ${MAX_KEYS} keys`);
    }
    return { ids, first, outcomes: new Map() };
  }
}
