import { DomainError } from '../../../platform/events/domain-error.js';
import { merchants } from '../../../platform/http/surfaces/merchants-surface.js';
import { presentKey } from '../list/keys.presenter.js';
import type { BulkPreview, BulkResult, BulkResults } from './bulk.dto.js';
import type { BulkOutcome, KeyOutcome } from './bulk.service.js';

export function presentBulk(outcome: BulkOutcome): BulkPreview | BulkResults {
  return outcome.kind === 'preview'
    ? { count: outcome.count, keys: outcome.keys.map(presentKey) }
    : { results: outcome.keys.map(presentOutcome) };
}

function presentOutcome({ id, refusal }: KeyOutcome): BulkResult {
  if (!refusal) return { id, status: 200 };
  const error = new DomainError(refusal);
  const { message } = merchants.failure({ status: error.status, error }) as { message: string };
  return { id, status: error.status, message };
}
