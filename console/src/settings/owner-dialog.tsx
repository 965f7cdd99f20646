import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { OwnerBody } from '../api/sdk.js';
import { useAction } from '../api/use-action.js';
import { useTexts } from '../texts/texts.js';
import { Button } from '../ui/button.js';
import { Dialog } from '../ui/dialog.js';
import { Failure } from '../ui/failure.js';
import { useFirstFocus } from '../ui/use-first-focus.js';
import { CurrentPasswordField } from './current-password-field.js';

interface OwnerDialogProps<Result> {
  title: string;
  hint: string;
  submit: string;
  isDanger?: boolean;
  /** Further fields, after that of the password. */
  children?: ComponentChildren;
  action: (owner: OwnerBody) => PromiseLike<Result>;
  onDone: (result: Result) => void;
  onClose: () => void;
}

/** Asks for the current password, and does with it what only the owner of the account may do. */
export function OwnerDialog<Result>({
  title,
  hint,
  submit,
  isDanger = false,
  children,
  action,
  onDone,
  onClose,
}: OwnerDialogProps<Result>) {
  const { common } = useTexts();
  const [currentPassword, setCurrentPassword] = useState('');
  const first = useFirstFocus<HTMLInputElement>();
  // Nothing keeps the answer, which may hold secrets, when this dialog is gone.
  const attempt = useAction({
    mutationFn: async () => action(currentPassword === '' ? {} : { currentPassword }),
    onSuccess: onDone,
    gcTime: 0,
  });
  return (
    <Dialog title={title} onClose={onClose}>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          attempt.mutate();
        }}
      >
        <p>{hint}</p>
        <Failure error={attempt.error} />
        <CurrentPasswordField
          value={currentPassword}
          error={attempt.error}
          isOptional
          inputRef={first}
          onInput={setCurrentPassword}
        />
        {children}
        <footer>
          <Button onClick={onClose}>{common.cancel}</Button>
          <Button type="submit" kind={isDanger ? 'danger' : 'primary'} isBusy={attempt.isPending}>
            {submit}
          </Button>
        </footer>
      </form>
    </Dialog>
  );
}
