import { useTexts } from '../texts/texts.js';
import { problemOf } from '../ui/failure.js';
import { Field } from '../ui/field.js';
import { Select } from '../ui/select.js';
import type { KeyValues } from './key-values.js';

type Expiry = Pick<KeyValues, 'expiry' | 'expiryDate'>;

interface ExpiryFieldProps extends Expiry {
  /** What the choice begins with: what happens if the person decides nothing. */
  first: 'unchanged' | 'default';
  label?: string | undefined;
  error: unknown;
  onChange: (changes: Partial<Expiry>) => void;
}

export function ExpiryField({ expiry, expiryDate, first, label, error, onChange }: ExpiryFieldProps) {
  const { form } = useTexts();
  const names = [first, '2592000', '7776000', '31536000', 'never', 'date'] as const;
  return (
    <div class="pair">
      <Field
        label={label ?? form.expiry}
        problem={problemOf(error, 'expiresAt') ?? problemOf(error, 'expiresInSeconds')}
      >
        {(control) => (
          <Select
            {...control}
            value={expiry}
            options={names.map((name) => [name, form.expiries[name]])}
            onChange={(value) => onChange({ expiry: value })}
          />
        )}
      </Field>
      {expiry === 'date' && (
        <Field label={form.expiryDate}>
          {(control) => (
            <input
              {...control}
              type="date"
              required
              value={expiryDate}
              onInput={(event) => onChange({ expiryDate: event.currentTarget.value })}
            />
          )}
        </Field>
      )}
    </div>
  );
}
