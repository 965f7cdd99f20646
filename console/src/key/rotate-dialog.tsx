import { useState } from 'preact/hooks';
import { api } from '../api/client.js';
import { refresh } from '../api/queries.js';
import type { ApplicationKeyView, RotateKeyBody, RotationMode } from '../api/sdk.js';
import { useAction } from '../api/use-action.js';
import { ExpiryField } from '../key-forms/expiry-field.js';
import { expiryOf } from '../key-forms/key-values.js';
import { SecretDialog } from '../key-forms/secret-dialog.js';
import { useTexts } from '../texts/texts.js';
import { Button } from '../ui/button.js';
import { Dialog } from '../ui/dialog.js';
import { Failure, problemOf } from '../ui/failure.js';
import { Field } from '../ui/field.js';
import { Select } from '../ui/select.js';

interface Values {
  mode: RotationMode;
  overlapSeconds: string;
  quietSeconds: string;
  endPrevious: boolean;
  expiry: string;
  expiryDate: string;
}

function bodyOf({ mode, overlapSeconds, quietSeconds, endPrevious, ...expiry }: Values): RotateKeyBody {
  return {
    mode,
    ...(mode !== 'immediately' && { overlapSeconds: Number(overlapSeconds) }),
    ...(mode === 'when_quiet' && { quietSeconds: Number(quietSeconds) }),
    ...(endPrevious && { endPrevious }),
    ...expiryOf(expiry),
  };
}

/** Gives a key a new secret, and decides when the one before becomes invalid. */
export function RotateDialog({ of: key, onClose }: { of: ApplicationKeyView; onClose: () => void }) {
  const { rotate, secret, common } = useTexts();
  const isExpired = key.status === 'expired';
  const [values, setValues] = useState<Values>({
    mode: key.exposedAt === null ? 'after_overlap' : 'immediately',
    overlapSeconds: '86400',
    quietSeconds: '3600',
    endPrevious: false,
    expiry: isExpired ? '7776000' : 'unchanged',
    expiryDate: '',
  });
  const set = (changes: Partial<Values>): void => setValues({ ...values, ...changes });
  // Nothing keeps the answer, which holds the secret, when this dialog is gone.
  const rotation = useAction({
    mutationFn: () => api.keys.rotate(key.id, bodyOf(values)),
    onSuccess: () => void refresh(),
    gcTime: 0,
  });
  if (rotation.data !== undefined)
    return <SecretDialog title={secret.rotatedTitle} secret={rotation.data.fullKey} onClose={onClose} />;
  return (
    <Dialog title={rotate.title} onClose={onClose} isWide>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          rotation.mutate();
        }}
      >
        <p class="faint">{rotate.hint}</p>
        <Failure error={rotation.error} />
        <fieldset class="options">
          <legend>{rotate.mode}</legend>
          {Object.entries(rotate.modes).map(([mode, [name, hint]]) => (
            <label key={mode} class="option">
              <input
                type="radio"
                name="mode"
                value={mode}
                checked={values.mode === mode}
                onChange={() => set({ mode: mode as RotationMode })}
              />
              <span>
                <strong>{name}</strong>
                <span class="faint">{hint}</span>
              </span>
            </label>
          ))}
        </fieldset>
        {values.mode !== 'immediately' && (
          <div class="pair">
            {values.mode === 'when_quiet' && (
              <Field label={rotate.quiet} problem={problemOf(rotation.error, 'quietSeconds')}>
                {(control) => (
                  <Select
                    {...control}
                    value={values.quietSeconds}
                    options={Object.entries(rotate.quiets)}
                    onChange={(quietSeconds) => set({ quietSeconds })}
                  />
                )}
              </Field>
            )}
            <Field
              label={values.mode === 'after_overlap' ? rotate.overlap : rotate.latest}
              problem={problemOf(rotation.error, 'overlapSeconds')}
            >
              {(control) => (
                <Select
                  {...control}
                  value={values.overlapSeconds}
                  options={Object.entries(rotate.overlaps)}
                  onChange={(overlapSeconds) => set({ overlapSeconds })}
                />
              )}
            </Field>
          </div>
        )}
        {key.previousKey !== null && (
          <label class="check">
            <input
              type="checkbox"
              checked={values.endPrevious}
              onChange={(event) => set({ endPrevious: event.currentTarget.checked })}
            />
            {rotate.endPrevious}
          </label>
        )}
        <ExpiryField
          expiry={values.expiry}
          expiryDate={values.expiryDate}
          first="unchanged"
          label={isExpired ? rotate.expired : undefined}
          error={rotation.error}
          onChange={set}
        />
        <footer>
          <Button onClick={onClose}>{common.cancel}</Button>
          <Button type="submit" kind="primary" isBusy={rotation.isPending}>
            {rotate.submit}
          </Button>
        </footer>
      </form>
    </Dialog>
  );
}
