import { useQuery } from '@tanstack/preact-query';
import { api } from '../api/client.js';
import type { ApplicationKeyView } from '../api/sdk.js';
import { KeyText } from '../key-parts/key-text.js';
import { useTexts } from '../texts/texts.js';
import { Card } from '../ui/card.js';
import { useFormats } from '../ui/formats.js';
import { Time } from '../ui/time.js';
import { Facts } from '../ui/facts.js';

/** How often a rotation is looked at while both secrets are valid. The server counts uses about as often. */
export const ROTATION_POLL_MS = 5_000;

/** The secrets that are valid: during a rotation also the previous one, with who still uses it, as it happens. */
export function SecretsCard({ of: key }: { of: ApplicationKeyView }) {
  const { key: texts } = useTexts();
  const { previousKey } = key;
  return (
    <Card title={texts.secrets}>
      <h3>{texts.currentSecret}</h3>
      <Facts
        facts={[
          [texts.secret, <KeyText of={key} />],
          [texts.validUntil, <Time value={key.expiresAt} />],
        ]}
      />
      {previousKey !== null && (
        <>
          <h3>{texts.previousSecret}</h3>
          <Facts
            facts={[
              [texts.secret, <KeyText of={{ keyPrefix: previousKey.keyPrefix, lastFour: null }} />],
              [texts.validUntil, <Time value={previousKey.validUntil} />],
              [texts.lastUsed, <Time value={previousKey.lastUsedAt} />],
            ]}
          />
          <PreviousUses id={key.id} />
        </>
      )}
    </Card>
  );
}

const HOUR_MS = 3_600_000;

/** Whether an hour has not ended. Uses are counted by the hour, so that no time in it can be named. */
const isThisHour = (start: string): boolean => Date.now() - Date.parse(start) < HOUR_MS;

function PreviousUses({ id }: { id: string }) {
  const { key: texts } = useTexts();
  const { number } = useFormats();
  const uses = useQuery({
    queryKey: ['keys', 'uses', id],
    queryFn: () => api.keys.readUses(id),
    refetchInterval: ROTATION_POLL_MS,
  });
  const sources = uses.data?.previousKey?.sources;
  if (sources === undefined) return null;
  return (
    <>
      <h3>{texts.stillUsed}</h3>
      {sources.length === 0 && <p class="faint">{texts.notUsedAnyMore}</p>}
      <ul class="plain-list spread">
        {sources.map(({ agent, network, count, lastUsedIn }) => (
          <li key={`${agent ?? ''} ${network ?? ''}`}>
            <bdi>{texts.lastUsedFrom(agent ?? texts.unknownAgent, network ?? texts.unknownNetwork)}</bdi>
            <span class="faint">
              {number(count)} × · {isThisHour(lastUsedIn) ? texts.thisHour : <Time value={lastUsedIn} />}
            </span>
          </li>
        ))}
      </ul>
      <p class="hint after-list">{texts.live}</p>
    </>
  );
}
