import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { useTexts } from '../texts/texts.js';
import { Button } from './button.js';
import { Field } from './field.js';

interface TypedNameFormProps {
  /** The name that has to be typed. */
  of: string;
  submit: string;
  /** Whether what it means is not known yet. */
  isUnknown?: boolean;
  isBusy: boolean;
  onSubmit: () => void;
  onCancel: () => void;
  /** What is about to happen. */
  children: ComponentChildren;
}

/** Has a person type the name of what a dialog is about to take away. */
export function TypedNameForm({
  of: name,
  submit,
  isUnknown = false,
  isBusy,
  onSubmit,
  onCancel,
  children,
}: TypedNameFormProps) {
  const { common } = useTexts();
  const [typed, setTyped] = useState('');
  const isReady = typed === name && !isUnknown;
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        if (isReady) onSubmit();
      }}
    >
      {children}
      <Field label={common.typeName(name)}>
        {(control) => (
          <input
            {...control}
            required
            autocomplete="off"
            spellcheck={false}
            value={typed}
            onInput={(event) => setTyped(event.currentTarget.value)}
          />
        )}
      </Field>
      <footer>
        <Button onClick={onCancel} isBusy={isBusy}>
          {common.cancel}
        </Button>
        <Button type="submit" kind="danger" disabled={!isReady} isBusy={isBusy}>
          {submit}
        </Button>
      </footer>
    </form>
  );
}
