import { useTexts } from '../texts/texts.js';
import { Field } from './field.js';

interface TypedNameProps {
  /** The name that has to be typed. */
  of: string;
  value: string;
  onChange: (typed: string) => void;
}

/** Has a person type the name of what is about to be deleted. */
export function TypedName({ of: name, value, onChange }: TypedNameProps) {
  const { common } = useTexts();
  return (
    <Field label={common.typeName(name)}>
      {(control) => (
        <input
          {...control}
          required
          autocomplete="off"
          spellcheck={false}
          value={value}
          onInput={(event) => onChange(event.currentTarget.value)}
        />
      )}
    </Field>
  );
}
