import type { ImportFormatBody } from '../api/sdk.js';
import { useTexts } from '../texts/texts.js';
import { Field } from '../ui/field.js';

interface FormatFieldsProps {
  format: ImportFormatBody;
  onChange: (format: ImportFormatBody) => void;
}

/** Asks what all keys look like, where the file does not say it. */
export function FormatFields({ format, onChange }: FormatFieldsProps) {
  const { imports: texts } = useTexts();
  return (
    <div class="pair">
      <Field label={texts.prefix} hint={texts.prefixHint}>
        {(control) => (
          <input
            {...control}
            class="mono"
            required
            minLength={4}
            maxLength={64}
            autocomplete="off"
            spellcheck={false}
            value={format.prefix}
            onInput={(event) => onChange({ ...format, prefix: event.currentTarget.value })}
          />
        )}
      </Field>
      <Field label={texts.length} isOptional hint={texts.lengthHint}>
        {(control) => (
          <input
            {...control}
            type="number"
            min={16}
            max={500}
            value={format.length ?? ''}
            onInput={({ currentTarget: { value } }) =>
              onChange({ ...format, length: value === '' ? null : Number(value) })
            }
          />
        )}
      </Field>
    </div>
  );
}
