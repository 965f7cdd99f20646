import type { Ref } from 'preact';
import { useSession } from '../session/session.js';
import { useTexts } from '../texts/texts.js';
import { problemOf } from '../ui/failure.js';
import { Field } from '../ui/field.js';

interface CurrentPasswordFieldProps {
  value: string;
  /** Why the last attempt failed. */
  error: unknown;
  /** Whether the account may have no password, because its owner signs in with a provider. */
  isOptional?: boolean;
  inputRef?: Ref<HTMLInputElement>;
  onInput: (value: string) => void;
}

/** Proves that it is the owner of the account who changes it. */
export function CurrentPasswordField({
  value,
  error,
  isOptional = false,
  inputRef = null,
  onInput,
}: CurrentPasswordFieldProps) {
  const { settings } = useTexts();
  const { account } = useSession();
  return (
    <>
      {/* Tells password managers whose password it is. */}
      <input hidden autocomplete="username" value={account.username} readOnly />
      <Field
        label={settings.currentPassword}
        hint={isOptional ? settings.currentPasswordHint : undefined}
        problem={problemOf(error, 'currentPassword')}
      >
        {(control) => (
          <input
            {...control}
            ref={inputRef}
            type="password"
            autocomplete="current-password"
            required={!isOptional}
            value={value}
            onInput={(event) => onInput(event.currentTarget.value)}
          />
        )}
      </Field>
    </>
  );
}
