import { useState } from 'preact/hooks';
import { useLocation } from 'wouter-preact';
import { api } from '../api/client.js';
import { queries, refresh } from '../api/queries.js';
import type { WebhookView } from '../api/sdk.js';
import { useAction } from '../api/use-action.js';
import { SecretDialog } from '../key-forms/secret-dialog.js';
import { useTexts } from '../texts/texts.js';
import { Button } from '../ui/button.js';
import { Dialog } from '../ui/dialog.js';
import { Failure, problemOf } from '../ui/failure.js';
import { Field } from '../ui/field.js';
import { Select } from '../ui/select.js';
import { tell } from '../ui/toasts.js';
import { EndpointFields, type EndpointValues } from './endpoint-fields.js';
import { ALL } from './event-names.js';

const NEW_ENDPOINT: EndpointValues = { url: '', events: [ALL], description: '', applicationId: '' };

const textOrNull = (text: string): string | null => (text === '' ? null : text);

/** Asks where events should be delivered, shows the secret once, and leads to the page of the endpoint. */
export function CreateEndpointDialog({ onClose }: { onClose: () => void }) {
  const { webhooks: texts, common } = useTexts();
  const [, navigate] = useLocation();
  const [values, setValues] = useState(NEW_ENDPOINT);
  // Nothing keeps the answer, which holds the secret, when this dialog is gone.
  const creation = useAction({
    mutationFn: () =>
      api.webhooks.create({
        ...values,
        description: textOrNull(values.description),
        applicationId: textOrNull(values.applicationId),
      }),
    onSuccess: () => void refresh(),
    gcTime: 0,
  });
  if (creation.data !== undefined) {
    const { id, secret } = creation.data;
    return <SecretDialog title={texts.secretTitle} secret={secret} onClose={() => navigate(`/webhooks/${id}`)} />;
  }
  return (
    <Dialog title={texts.createTitle} onClose={onClose} isWide>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (values.events.length > 0) creation.mutate();
        }}
      >
        <Failure error={creation.error} />
        <EndpointFields
          values={values}
          isNew
          error={creation.error}
          onChange={(changes) => setValues({ ...values, ...changes })}
        />
        <footer>
          <Button onClick={onClose}>{common.cancel}</Button>
          <Button type="submit" kind="primary" isBusy={creation.isPending}>
            {texts.create}
          </Button>
        </footer>
      </form>
    </Dialog>
  );
}

interface EndpointDialogProps {
  of: WebhookView;
  onClose: () => void;
}

export function ChangeEndpointDialog({ of: endpoint, onClose }: EndpointDialogProps) {
  const { webhooks: texts, common } = useTexts();
  const [values, setValues] = useState<EndpointValues>({
    ...endpoint,
    description: endpoint.description ?? '',
    applicationId: '',
  });
  const { url, events, description } = values;
  const change = useAction({
    mutationFn: () => api.webhooks.update(endpoint.id, { url, events, description: textOrNull(description) }),
    onSuccess: () => {
      void refresh();
      tell(texts.changed);
      onClose();
    },
  });
  return (
    <Dialog title={texts.changeTitle} onClose={onClose} isWide>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (events.length > 0) change.mutate();
        }}
      >
        <Failure error={change.error} />
        <EndpointFields
          values={values}
          isNew={false}
          error={change.error}
          onChange={(changes) => setValues({ ...values, ...changes })}
        />
        <footer>
          <Button onClick={onClose}>{common.cancel}</Button>
          <Button type="submit" kind="primary" isBusy={change.isPending}>
            {common.save}
          </Button>
        </footer>
      </form>
    </Dialog>
  );
}

const OVERLAP_SECONDS = '86400';

/** Gives an endpoint a new secret, and decides for how long the previous one signs as well. */
export function RotateSecretDialog({ of: { id }, onClose }: EndpointDialogProps) {
  const { webhooks: texts, rotate, common } = useTexts();
  const [overlapSeconds, setOverlap] = useState(OVERLAP_SECONDS);
  // Nothing keeps the answer, which holds the secret, when this dialog is gone.
  const rotation = useAction({
    mutationFn: () => api.webhooks.rotateSecret(id, { overlapSeconds: Number(overlapSeconds) }),
    onSuccess: () => void refresh(),
    gcTime: 0,
  });
  if (rotation.data !== undefined)
    return <SecretDialog title={texts.newSecretTitle} secret={rotation.data.secret} onClose={onClose} />;
  return (
    <Dialog title={texts.rotateTitle} onClose={onClose}>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          rotation.mutate();
        }}
      >
        <Failure error={rotation.error} />
        <p>{texts.rotateHint}</p>
        <Field label={rotate.overlap} problem={problemOf(rotation.error, 'overlapSeconds')}>
          {(control) => (
            <Select
              {...control}
              value={overlapSeconds}
              options={Object.entries(texts.overlaps)}
              onChange={setOverlap}
            />
          )}
        </Field>
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

/** Deletes an endpoint, with the deliveries that it has not received. */
export function DeleteEndpointDialog({ of: { id, url }, onClose }: EndpointDialogProps) {
  const { webhooks: texts, common } = useTexts();
  const [, navigate] = useLocation();
  const deletion = useAction({
    mutationFn: () => api.webhooks.delete(id),
    onSuccess: async () => {
      // First the list, so that it does not show the endpoint for another moment.
      await queries.invalidateQueries({ queryKey: ['webhooks'], exact: true, refetchType: 'all' });
      navigate('/webhooks', { replace: true });
      void refresh();
      tell(texts.deleted);
    },
  });
  return (
    <Dialog title={texts.deleteTitle} onClose={deletion.isPending ? undefined : onClose}>
      <div class="stack">
        <Failure error={deletion.error} />
        <p>
          <strong>
            <bdi>{url}</bdi>
          </strong>
        </p>
        <p>{texts.deleteHint}</p>
      </div>
      <footer>
        <Button onClick={onClose} isBusy={deletion.isPending}>
          {common.cancel}
        </Button>
        <Button kind="danger" isBusy={deletion.isPending} onClick={() => deletion.mutate()}>
          {common.delete}
        </Button>
      </footer>
    </Dialog>
  );
}
