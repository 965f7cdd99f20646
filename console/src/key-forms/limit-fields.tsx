import { useTexts } from '../texts/texts.js';
import { Button } from '../ui/button.js';
import { problemOf } from '../ui/failure.js';
import { Field } from '../ui/field.js';
import { Select } from '../ui/select.js';
import type { KeyFieldsProps } from './key-fields-props.js';
import type { RateLimitValues } from './key-values.js';

const MAX_RATE_LIMITS = 4;

/** Rate limits and the quota. */
export function LimitFields({ values, error, onChange }: KeyFieldsProps) {
  const { form } = useTexts();
  const { rateLimits, quotaLimit, quotaPeriod } = values;
  const set = (index: number, changes: Partial<RateLimitValues>): void =>
    onChange({ rateLimits: rateLimits.map((one, i) => (i === index ? { ...one, ...changes } : one)) });
  const windowsFor = (seconds: string): [string, string][] => {
    const known = Object.entries(form.windows);
    return known.some(([value]) => value === seconds) ? known : [...known, [seconds, `${seconds} s`]];
  };
  return (
    <>
      <fieldset>
        <legend>{form.rateLimits}</legend>
        {rateLimits.map(({ limit, windowSeconds }, index) => (
          <div key={index} class="pair">
            <Field label={form.requests}>
              {(control) => (
                <input
                  {...control}
                  type="number"
                  min="1"
                  required
                  value={limit}
                  onInput={(event) => set(index, { limit: event.currentTarget.value })}
                />
              )}
            </Field>
            <Field label={form.window}>
              {(control) => (
                <Select
                  {...control}
                  value={windowSeconds}
                  options={windowsFor(windowSeconds)}
                  onChange={(value) => set(index, { windowSeconds: value })}
                />
              )}
            </Field>
            <Button
              kind="quiet"
              aria-label={form.removeRateLimit}
              onClick={() => onChange({ rateLimits: rateLimits.filter((_one, i) => i !== index) })}
            >
              ×
            </Button>
          </div>
        ))}
        {problemOf(error, 'rateLimits') !== undefined && <p class="problem">{problemOf(error, 'rateLimits')}</p>}
        {rateLimits.length < MAX_RATE_LIMITS && (
          <Button
            class="small"
            onClick={() => onChange({ rateLimits: [...rateLimits, { limit: '100', windowSeconds: '60' }] })}
          >
            {form.addRateLimit}
          </Button>
        )}
      </fieldset>
      <div class="pair">
        <Field label={form.quota} isOptional problem={problemOf(error, 'quota')}>
          {(control) => (
            <input
              {...control}
              type="number"
              min="1"
              placeholder={form.noQuota}
              value={quotaLimit}
              onInput={(event) => onChange({ quotaLimit: event.currentTarget.value })}
            />
          )}
        </Field>
        <Field label={form.period}>
          {(control) => (
            <Select
              {...control}
              value={quotaPeriod}
              options={Object.entries(form.periods)}
              onChange={(value) => onChange({ quotaPeriod: value as 'day' | 'month' })}
            />
          )}
        </Field>
      </div>
    </>
  );
}
