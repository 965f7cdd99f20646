import { useSession } from '../session/session.js';
import { useTexts } from '../texts/texts.js';
import { problemOf } from '../ui/failure.js';
import { Field } from '../ui/field.js';
import { Select } from '../ui/select.js';

interface LevelFieldProps {
  value: string;
  error: unknown;
  onChange: (level: string) => void;
}

/** Offers the levels up to the person's own, and the one that a key already has. */
export function LevelField({ value, error, onChange }: LevelFieldProps) {
  const { form } = useTexts();
  const { level } = useSession();
  const highest = Math.max(level, Number(value));
  const levels = Array.from({ length: highest + 1 }, (_, n): [string, string] => [String(n), form.levels[n] ?? '']);
  return (
    <Field label={form.level} hint={form.levelHint} problem={problemOf(error, 'level')}>
      {(control) => <Select {...control} value={value} options={levels} onChange={onChange} />}
    </Field>
  );
}
