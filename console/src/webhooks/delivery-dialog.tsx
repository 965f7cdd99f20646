import { useState } from 'preact/hooks';
import { api } from '../api/client.js';
import { refresh } from '../api/queries.js';
import type { DeliveryView } from '../api/sdk.js';
import { useAction } from '../api/use-action.js';
import { useTexts } from '../texts/texts.js';
import { Button } from '../ui/button.js';
import { Dialog } from '../ui/dialog.js';
import { Facts } from '../ui/facts.js';
import { Failure } from '../ui/failure.js';
import { useFormats } from '../ui/formats.js';
import { Notice } from '../ui/notice.js';
import { Time } from '../ui/time.js';
import { useEventNames } from './event-names.js';

interface DeliveryDialogProps {
  of: DeliveryView;
  endpointId: string;
  onClose: () => void;
}

/** What was sent, what the receiver answered, and a button that sends it again. */
export function DeliveryDialog({ of, endpointId, onClose }: DeliveryDialogProps) {
  const { webhooks: texts, common } = useTexts();
  const { number } = useFormats();
  const nameOf = useEventNames();
  const [delivery, setDelivery] = useState(of);
  const redelivery = useAction({
    mutationFn: () => api.webhooks.redeliver(endpointId, delivery.id),
    onSuccess: (redelivered) => {
      void refresh();
      setDelivery(redelivered);
    },
  });
  return (
    <Dialog title={nameOf(delivery.type)} onClose={onClose} isWide>
      <div class="stack">
        <Failure error={redelivery.error} />
        <Result of={delivery} />
        <Facts
          facts={[
            [texts.deliveryStatus, texts.deliveryStatuses[delivery.status]],
            [texts.attempts, number(delivery.attempts)],
            [texts.time, <Time value={delivery.createdAt} />],
            delivery.nextAttemptAt === null ? null : [texts.nextAttempt, <Time value={delivery.nextAttemptAt} />],
            [texts.deliveryId, <code class="small">{delivery.id}</code>],
          ]}
        />
        <section>
          <h3>{texts.body}</h3>
          <pre>
            <bdi>{JSON.stringify(delivery.payload, null, 2)}</bdi>
          </pre>
        </section>
        <section>
          <h3>{texts.answer}</h3>
          {delivery.lastAnswer === null || delivery.lastAnswer === '' ? (
            <p class="faint">{texts.emptyAnswer}</p>
          ) : (
            <pre>
              <bdi>{delivery.lastAnswer}</bdi>
            </pre>
          )}
        </section>
        <footer>
          <Button onClick={onClose}>{common.close}</Button>
          <Button kind="primary" isBusy={redelivery.isPending} onClick={() => redelivery.mutate()}>
            {texts.redeliver}
          </Button>
        </footer>
      </div>
    </Dialog>
  );
}

/** How the latest attempt went. */
function Result({ of: { attempts, lastStatusCode, lastError } }: { of: DeliveryView }) {
  const { webhooks: texts } = useTexts();
  if (attempts === 0) return <Notice>{texts.notSentYet}</Notice>;
  if (lastStatusCode === null)
    return (
      <Notice tone="bad">
        <strong>{texts.unanswered}</strong> <bdi>{lastError}</bdi>
      </Notice>
    );
  const isAccepted = lastStatusCode >= 200 && lastStatusCode < 300;
  return (
    <Notice tone={isAccepted ? 'good' : 'bad'}>
      <strong>{isAccepted ? texts.accepted(lastStatusCode) : texts.refused(lastStatusCode)}</strong>{' '}
      <bdi>{lastError}</bdi>
    </Notice>
  );
}
