import { useState } from 'preact/hooks';
import { api } from '../api/client.js';
import { refresh } from '../api/queries.js';
import type { ApplicationView, Environment } from '../api/sdk.js';
import { useAction } from '../api/use-action.js';
import { useTexts } from '../texts/texts.js';
import { Button } from '../ui/button.js';
import { Dialog } from '../ui/dialog.js';
import { Failure, problemOf } from '../ui/failure.js';
import { Field } from '../ui/field.js';
import { Select } from '../ui/select.js';
import { tell } from '../ui/toasts.js';
import { TypedNameForm } from '../ui/typed-name-form.js';
import { useFirstFocus } from '../ui/use-first-focus.js';

interface Values {
  name: string;
  description: string;
  environment: Environment;
}

interface ApplicationFormProps {
  title: string;
  submit: string;
  initial: Values;
  isNew: boolean;
  send: (values: Values) => PromiseLike<ApplicationView>;
  onClose: () => void;
}

function ApplicationForm({ title, submit, initial, isNew, send, onClose }: ApplicationFormProps) {
  const { applications: texts, keys, common } = useTexts();
  const first = useFirstFocus<HTMLInputElement>();
  const [values, setValues] = useState(initial);
  const set = (changes: Partial<Values>): void => setValues({ ...values, ...changes });
  const sending = useAction({
    mutationFn: async () => send(values),
    onSuccess: () => {
      void refresh();
      onClose();
    },
  });
  return (
    <Dialog title={title} onClose={onClose}>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          sending.mutate();
        }}
      >
        <Failure error={sending.error} />
        <Field label={texts.name} problem={problemOf(sending.error, 'name')}>
          {(control) => (
            <input
              {...control}
              required
              maxLength={100}
              ref={first}
              value={values.name}
              onInput={(event) => set({ name: event.currentTarget.value })}
            />
          )}
        </Field>
        <Field label={texts.description} isOptional problem={problemOf(sending.error, 'description')}>
          {(control) => (
            <textarea
              {...control}
              rows={2}
              maxLength={250}
              value={values.description}
              onInput={(event) => set({ description: event.currentTarget.value })}
            />
          )}
        </Field>
        {isNew && (
          <Field label={texts.environment} hint={texts.environmentHint}>
            {(control) => (
              <Select
                {...control}
                value={values.environment}
                options={Object.entries(keys.environments)}
                onChange={(environment) => set({ environment: environment as Environment })}
              />
            )}
          </Field>
        )}
        <footer>
          <Button onClick={onClose}>{common.cancel}</Button>
          <Button type="submit" kind="primary" isBusy={sending.isPending}>
            {submit}
          </Button>
        </footer>
      </form>
    </Dialog>
  );
}

const textOrNull = (text: string): string | null => (text === '' ? null : text);

export function CreateApplicationDialog({ onClose }: { onClose: () => void }) {
  const { applications: texts } = useTexts();
  return (
    <ApplicationForm
      title={texts.createTitle}
      submit={texts.create}
      initial={{ name: '', description: '', environment: 'live' }}
      isNew
      send={({ description, ...values }) =>
        api.applications.create({ ...values, description: textOrNull(description) })
      }
      onClose={onClose}
    />
  );
}

interface ApplicationDialogProps {
  of: ApplicationView;
  onClose: () => void;
}

export function ChangeApplicationDialog({ of: application, onClose }: ApplicationDialogProps) {
  const { applications: texts, common } = useTexts();
  return (
    <ApplicationForm
      title={texts.changeTitle}
      submit={common.save}
      initial={{ ...application, description: application.description ?? '' }}
      isNew={false}
      send={({ name, description }) =>
        api.applications.update(application.id, { name, description: textOrNull(description) })
      }
      onClose={onClose}
    />
  );
}

/** Deletes an application with all its keys, after its name has been typed. */
export function DeleteApplicationDialog({ of: { id, name }, onClose }: ApplicationDialogProps) {
  const { applications: texts, common } = useTexts();
  const deletion = useAction({
    mutationFn: () => api.applications.delete(id),
    onSuccess: () => {
      void refresh();
      tell(texts.deleted);
      onClose();
    },
  });
  return (
    <Dialog title={texts.deleteTitle} onClose={deletion.isPending ? undefined : onClose}>
      <TypedNameForm
        of={name}
        submit={common.delete}
        isBusy={deletion.isPending}
        onSubmit={() => deletion.mutate()}
        onCancel={onClose}
      >
        <Failure error={deletion.error} />
        <p>{texts.deleteHint}</p>
      </TypedNameForm>
    </Dialog>
  );
}
