import { useState } from 'preact/hooks';
import { useLocation } from 'wouter-preact';
import { api } from '../api/client.js';
import { refresh } from '../api/queries.js';
import { useAction } from '../api/use-action.js';
import { useSession } from '../session/session.js';
import { useTexts } from '../texts/texts.js';
import { Button } from '../ui/button.js';
import { Dialog } from '../ui/dialog.js';
import { Failure } from '../ui/failure.js';
import { KeyFields } from './key-fields.js';
import { creationOf, newKeyValues, parseMetadata, type KeyValues } from './key-values.js';
import { SecretDialog } from './secret-dialog.js';

interface CreateKeyDialogProps {
  /** The application to begin with; empty for none. */
  applicationId: string;
  onClose: () => void;
}

const DEFAULT_LEVEL = 2;

function create(values: KeyValues) {
  const body = creationOf(values);
  return values.applicationId === '' ? api.keys.create(body) : api.applicationKeys.create(values.applicationId, body);
}

/** Asks for the settings of a new key, shows its secret once, and leads to its page. */
export function CreateKeyDialog({ applicationId, onClose }: CreateKeyDialogProps) {
  const { key, common, secret } = useTexts();
  const { level } = useSession();
  const [, navigate] = useLocation();
  const [values, setValues] = useState(() => newKeyValues(applicationId, Math.min(level, DEFAULT_LEVEL)));
  // Nothing keeps the answer, which holds the secret, when this dialog is gone.
  const creation = useAction({ mutationFn: create, onSuccess: () => void refresh(), gcTime: 0 });
  if (creation.data !== undefined) {
    const { id, fullKey } = creation.data;
    return (
      <SecretDialog
        title={secret.createdTitle}
        secret={fullKey}
        onClose={() => navigate(`/keys/${id}`, { replace: true })}
      />
    );
  }
  return (
    <Dialog title={key.createTitle} onClose={onClose} isWide>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (parseMetadata(values.metadata) !== undefined) creation.mutate(values);
        }}
      >
        <Failure error={creation.error} />
        <KeyFields
          values={values}
          isNew
          error={creation.error}
          onChange={(changes) => setValues({ ...values, ...changes })}
        />
        <footer>
          <Button onClick={onClose}>{common.cancel}</Button>
          <Button type="submit" kind="primary" isBusy={creation.isPending}>
            {key.create}
          </Button>
        </footer>
      </form>
    </Dialog>
  );
}
