import { useQuery } from '@tanstack/preact-query';
import { api } from '../api/client.js';
import { refresh } from '../api/queries.js';
import type { SessionView } from '../api/sdk.js';
import { useAction } from '../api/use-action.js';
import { useTexts } from '../texts/texts.js';
import { Badge } from '../ui/badge.js';
import { Button } from '../ui/button.js';
import { Card } from '../ui/card.js';
import { Failure } from '../ui/failure.js';
import { Time } from '../ui/time.js';
import { tell } from '../ui/toasts.js';
import { nameOfDevice } from './device-name.js';

const SHOWN = 50;

/** Where the person is signed in, to end what should not be. */
export function SessionsCard() {
  const { settings } = useTexts();
  const query = useQuery({ queryKey: ['sessions'], queryFn: () => api.sessions.list({ limit: SHOWN }) });
  const endOthers = useAction({
    mutationFn: async () => api.sessions.endOthers(),
    onSuccess: () => {
      void refresh();
      tell(settings.othersEnded);
    },
  });
  const sessions = query.data?.items ?? [];
  return (
    <Card title={settings.sessions}>
      <p class="hint">{settings.sessionsHint}</p>
      <Failure error={query.error ?? endOthers.error} />
      <ul class="sessions">
        {sessions.map((session) => (
          <SessionItem key={session.id} of={session} />
        ))}
      </ul>
      {sessions.length > 1 && (
        <Button isBusy={endOthers.isPending} onClick={() => endOthers.mutate()}>
          {settings.endOthers}
        </Button>
      )}
    </Card>
  );
}

function SessionItem({ of: { id, userAgent, address, lastSeenAt, isCurrent } }: { of: SessionView }) {
  const { settings } = useTexts();
  const device = nameOfDevice(userAgent) ?? settings.unknownDevice;
  const end = useAction({
    mutationFn: async () => api.sessions.end(id),
    onSuccess: () => {
      void refresh();
      tell(settings.sessionEnded);
    },
  });
  return (
    <li>
      <span>
        <bdi>{device}</bdi> {isCurrent && <Badge tone="good">{settings.thisSession}</Badge>}
        <br />
        <span class="faint small">
          {address !== null && `${address} · `}
          {settings.lastSeen} <Time value={lastSeenAt} />
        </span>
      </span>
      {!isCurrent && (
        <Button
          class="small"
          isBusy={end.isPending}
          aria-label={settings.endSession(device)}
          onClick={() => end.mutate()}
        >
          {settings.end}
        </Button>
      )}
      <Failure error={end.error} />
    </li>
  );
}
