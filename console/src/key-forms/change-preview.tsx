import type { ApplicationKeyView, QuotaBody, RateLimitBody, UpdateApplicationKeyBody } from '../api/sdk.js';
import { useTexts } from '../texts/texts.js';
import { Badge } from '../ui/badge.js';
import { useFormats } from '../ui/formats.js';
import { EFFECTS, newEndOf } from './effects.js';
import { useLimitWords } from './limit-words.js';

type Field = keyof UpdateApplicationKeyBody;

/** What saving would change, with a mark at what takes permissions away: that counts everywhere as soon as it is saved. */
export function ChangePreview({ of: key, changes }: { of: ApplicationKeyView; changes: UpdateApplicationKeyBody }) {
  const { form } = useTexts();
  const words = useValueWords();
  const end = newEndOf(changes);
  const after: UpdateApplicationKeyBody = { ...changes, ...(end !== undefined && { expiresAt: end }) };
  delete after.expiresInSeconds;
  const fields = Object.keys(after) as Field[];
  const labels: Partial<Record<Field, string>> = { ...form, expiresAt: form.expiry };
  return (
    <section class="preview" aria-live="polite" aria-label={form.preview}>
      {fields.length === 0 ? (
        <p class="faint">{form.noChange}</p>
      ) : (
        <dl>
          {fields.map((field) => {
            const effect = EFFECTS[field]?.(key, changes);
            return (
              <div key={field}>
                <dt>
                  {labels[field]}{' '}
                  {effect !== undefined && (
                    <Badge tone={effect === 'narrows' ? 'warning' : 'quiet'}>{form[effect]}</Badge>
                  )}
                </dt>
                <dd>
                  <bdi class="before">{words(field, key[field as keyof ApplicationKeyView])}</bdi>{' '}
                  <span aria-hidden="true">→</span> <bdi>{words(field, after[field])}</bdi>
                </dd>
              </div>
            );
          })}
        </dl>
      )}
    </section>
  );
}

/** Returns a function that writes the value of a field. */
function useValueWords(): (field: Field, value: unknown) => string {
  const { form, common } = useTexts();
  const { exact } = useFormats();
  const { quota, rateLimit } = useLimitWords();
  const absent: Partial<Record<Field, string>> = {
    scopes: form.everything,
    allowedIps: form.anyAddress,
    quota: form.unlimited,
    rateLimits: form.unlimited,
  };
  return (field, value) => {
    if (field === 'expiresAt') return typeof value === 'string' ? exact(value) : common.never;
    if (typeof value === 'boolean') return value ? common.yes : common.no;
    if (value === null || value === undefined) return absent[field] ?? common.none;
    if (field === 'quota') return quota(value as QuotaBody);
    if (field === 'rateLimits') return (value as RateLimitBody[]).map(rateLimit).join(', ');
    if (Array.isArray(value)) return value.join(', ');
    return typeof value === 'string' ? value : JSON.stringify(value);
  };
}
