// Rows of api_key for benchmarks: a million keys of one merchant, among which a few are rare in every way that a filter can name.
import { randomUUID } from 'node:crypto';

const DAY_MS = 86_400_000;

export const COLUMNS = [
  'id',
  'public_id',
  'surface',
  'merchant_id',
  'account_id',
  'application_id',
  'environment',
  'name',
  'level',
  'scopes',
  'secret_hash',
  'pepper_id',
  'last_four',
  'is_active',
  'created_at',
  'updated_at',
  'expires_at',
  'last_used_at',
];

/** An application with few keys; the others share the rest. */
export const SMALL = '00000000-0000-4000-8000-000000000000';
export const LARGE = '00000000-0000-4000-8000-000000000001';

const text = (ms) => new Date(ms).toISOString().replace('T', ' ').replace('Z', '');

export function keyRow(n, count, merchantId) {
  const now = Date.now();
  const isEach = (every, offset = 0) => n % every === offset % every;
  const created = now - 700 * DAY_MS + Math.floor((n / count) * 699 * DAY_MS);
  const rare = Math.max(1, Math.floor(count / 20));
  const expires = isEach(rare, 3) ? now + 5 * DAY_MS : isEach(10) ? now + 400 * DAY_MS : null;
  const used = isEach(3) ? null : isEach(rare, 1) ? now - 200 * DAY_MS : now - (n % 80) * DAY_MS;
  return [
    randomUUID(),
    `ks_live_${n.toString(36).padStart(16, '0')}`,
    isEach(rare, 5) ? 'clients' : 'merchants',
    merchantId,
    1,
    isEach(rare, 7) ? SMALL : isEach(3) ? LARGE : null,
    isEach(rare, 11) ? 'test' : 'live',
    isEach(rare, 13) ? `The needle ${n}` : `Key of customer ${(n * 7919) % count}`,
    isEach(rare, 17) ? 2 : 4,
    isEach(rare, 19) ? '["rare:write"]' : '["payments:write","payments:read"]',
    'x'.repeat(64),
    'p1',
    n.toString(36).padStart(4, '0').slice(-4),
    isEach(rare, 23) ? 0 : 1,
    text(created),
    text(created),
    expires && text(isEach(rare, 30) ? now - DAY_MS : expires),
    used && text(used),
  ];
}
