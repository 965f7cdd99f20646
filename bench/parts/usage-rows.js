// Rows of key_month and merchant_day: the verifications of a merchant's keys in the last days, every key on each of them with each of three
// outcomes, in every hour. Each of the 50 applications has its share of the keys, each external id five.
import { randomUUID } from 'node:crypto';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const REFUSALS = ['RATE_LIMITED', 'MISSING_SCOPE'];
const APPLICATIONS = 50;
const KEYS_PER_EXTERNAL_ID = 5;

export const APPLICATION = '00000000-0000-4000-8000-000000000007';
export const EXTERNAL_ID = 'cus_7';

const numbered = (letter, first, count) =>
  Array.from({ length: count }, (_, n) => letter + String(first + n).padStart(2, '0'));
const DAYS = numbered('d', 1, 31);
const HOURS = numbered('h', 0, 24);
const text = (ms) => new Date(ms).toISOString().replace('T', ' ').replace('Z', '');
const sum = (counts) => counts.reduce((total, count) => total + count, 0);

/** @returns the start of the first day */
export async function fillUsage(database, merchantId, { keys, days }) {
  const todayMs = Math.floor(Date.now() / DAY_MS) * DAY_MS;
  const firstMs = todayMs - (days - 1) * DAY_MS;
  const merchantDays = new Map();
  const keyRows = [];
  for (let n = 0; n < keys; n += 1) {
    const customer = Math.floor(n / KEYS_PER_EXTERNAL_ID);
    const applicationId = APPLICATION.slice(0, -2) + String(customer % APPLICATIONS).padStart(2, '0');
    const [id, externalId] = [randomUUID(), `cus_${customer}`];
    const months = new Map();
    for (let ms = firstMs; ms <= todayMs; ms += DAY_MS) {
      const counts = [24 + ((n * 7919 + ms / DAY_MS) % 500), 24 + (n % 50), 24 + (n % 7)];
      ['VALID', ...REFUSALS].forEach((outcome, at) => {
        for (const id of ['', externalId])
          add(merchantDays, [merchantId, id, text(ms), applicationId, outcome], counts[at]);
      });
      const date = new Date(ms);
      const month = text(Date.UTC(date.getUTCFullYear(), date.getUTCMonth()));
      if (!months.has(month))
        months.set(
          month,
          ['', ...REFUSALS].map(() => DAYS.map(() => 0)),
        );
      const ofMonth = months.get(month);
      [sum(counts), counts[1], counts[2]].forEach((count, at) => (ofMonth[at][date.getUTCDate() - 1] = count));
    }
    for (const [month, [all, ...refused]] of months)
      [all, ...refused].forEach((some, at) =>
        keyRows.push([
          merchantId,
          month,
          ['', ...REFUSALS][at],
          id,
          externalId,
          applicationId,
          null,
          sum(some),
          ...some,
        ]),
      );
  }
  const keyColumns = [
    'merchant_id',
    'month',
    'outcome',
    'key_id',
    'external_id',
    'application_id',
    'personal_of',
    'total',
  ];
  await database.insert('key_month', [...keyColumns, ...DAYS], keyRows);
  const merchantRows = [...merchantDays.values()].map(({ row, count }) => [...row, count, ...inHours(count)]);
  const merchantColumns = ['merchant_id', 'external_id', 'day', 'application_id', 'outcome', 'total'];
  await database.insert('merchant_day', [...merchantColumns, ...HOURS], merchantRows);
  return new Date(firstMs).toISOString();
}

function add(rows, row, count) {
  const name = row.join('\n');
  const same = rows.get(name);
  if (same) same.count += count;
  else rows.set(name, { row, count });
}

const inHours = (count) => HOURS.map((_, hour) => Math.floor(count / 24) + (hour < count % 24 ? 1 : 0));
