import { useQuery } from '@tanstack/preact-query';
import { Link } from 'wouter-preact';
import { api } from '../api/client.js';
import { refresh } from '../api/queries.js';
import { KeywrightError, type ApplicationKeyView, type SharedLimitView } from '../api/sdk.js';
import { useAction } from '../api/use-action.js';
import { useApplicationNames } from '../applications/use-applications.js';
import { useLimitWords } from '../key-forms/limit-words.js';
import { LEVELS, useMay } from '../session/session.js';
import { useTexts } from '../texts/texts.js';
import { Button } from '../ui/button.js';
import { Card } from '../ui/card.js';
import { CopyButton } from '../ui/copy-button.js';
import { Failure } from '../ui/failure.js';
import { Time } from '../ui/time.js';
import { tell } from '../ui/toasts.js';
import { Facts } from '../ui/facts.js';

interface KeyCardProps {
  of: ApplicationKeyView;
}

export function DetailsCard({ of: key }: KeyCardProps) {
  const { key: texts, keys, form } = useTexts();
  const nameOf = useApplicationNames();
  const { applicationId } = key;
  return (
    <Card title={texts.details}>
      <Facts
        facts={[
          [
            texts.application,
            applicationId === null ? (
              keys.merchantKey
            ) : (
              <Link href={`/keys?application=${applicationId}`}>
                <bdi>{nameOf(applicationId)}</bdi>
              </Link>
            ),
          ],
          [texts.level, form.levels[key.level] ?? key.level],
          [texts.created, <Time value={key.createdAt} />],
          [texts.expires, <Time value={key.expiresAt} />],
          [texts.lastUsed, <LastUse of={key} />],
          key.externalId === null ? null : [texts.externalId, <bdi>{key.externalId}</bdi>],
          key.exposedAt === null
            ? null
            : [
                texts.exposed,
                <>
                  <Time value={key.exposedAt} />
                  {key.exposedSource !== null && ` (${keys.exposedSources[key.exposedSource]})`}
                </>,
              ],
          key.selfRotate ? [texts.selfRotate, '✓'] : null,
          [
            texts.id,
            <span class="row">
              <code class="small">{key.id}</code> <CopyButton text={key.id} label={texts.id} />
            </span>,
          ],
        ]}
      />
    </Card>
  );
}

/** When and from where the key was last used. */
function LastUse({ of: { lastUsedAt, lastUsedFrom } }: KeyCardProps) {
  const { key } = useTexts();
  return (
    <>
      <Time value={lastUsedAt} />
      {lastUsedFrom !== null && (
        <span class="faint">
          {', '}
          <bdi>
            {key.lastUsedFrom(lastUsedFrom.agent ?? key.unknownAgent, lastUsedFrom.network ?? key.unknownNetwork)}
          </bdi>
        </span>
      )}
    </>
  );
}

/** Scopes, with when each was last used, and addresses. */
export function PermissionsCard({ of: key }: KeyCardProps) {
  const { key: texts } = useTexts();
  const uses = useQuery({ queryKey: ['keys', 'uses', key.id], queryFn: () => api.keys.readUses(key.id) });
  const usedAt = new Map((uses.data?.scopes ?? []).map(({ scope, lastUsedAt }) => [scope, lastUsedAt]));
  return (
    <Card title={texts.permissions}>
      <h3>{texts.scopes}</h3>
      {key.scopes === null ? (
        <p class="faint">{texts.anyScope}</p>
      ) : (
        <ul class="plain-list spread">
          {key.scopes.map((scope) => (
            <li key={scope}>
              <code>{scope}</code>
              {usedAt.has(scope) && (
                <span class="faint">
                  {texts.scopeUsed} <Time value={usedAt.get(scope) ?? null} />
                </span>
              )}
            </li>
          ))}
        </ul>
      )}
      <h3>{texts.addresses}</h3>
      {key.allowedIps === null ? (
        <p class="faint">{texts.anyAddress}</p>
      ) : (
        <ul class="plain-list">
          {key.allowedIps.map((address) => (
            <li key={address}>
              <code>{address}</code>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

export function LimitsCard({ of: key }: KeyCardProps) {
  const { key: texts } = useTexts();
  const { quota, rateLimit } = useLimitWords();
  const mayWrite = useMay(LEVELS.writeOwn);
  const reset = useAction({
    mutationFn: () => api.keys.resetQuota(key.id),
    onSuccess: () => {
      void refresh();
      tell(texts.quotaReset);
    },
  });
  const limits = key.rateLimits ?? [];
  return (
    <Card title={texts.limits}>
      {limits.length === 0 && key.quota === null && <p class="faint">{texts.noLimits}</p>}
      <ul class="plain-list">
        {limits.map((limit) => (
          <li key={limit.windowSeconds}>{rateLimit(limit)}</li>
        ))}
        {key.quota !== null && (
          <li class="row">
            {quota(key.quota)}
            {mayWrite && (
              <Button class="small" isBusy={reset.isPending} onClick={() => reset.mutate()}>
                {texts.resetQuota}
              </Button>
            )}
          </li>
        )}
      </ul>
      <Failure error={reset.error} />
      {key.externalId !== null && <SharedLimits of={key.externalId} />}
    </Card>
  );
}

/** The limits that the key shares with the others of its external id, if there are any. */
function SharedLimits({ of: externalId }: { of: string }) {
  const { key: texts } = useTexts();
  const { quota, rateLimit } = useLimitWords();
  const shared = useQuery({ queryKey: ['shared limits', externalId], queryFn: () => readSharedLimit(externalId) });
  if (!shared.data) return <Failure error={shared.error} />;
  return (
    <>
      <h3>
        <bdi>{texts.sharedLimits(externalId)}</bdi>
      </h3>
      <ul class="plain-list">
        {(shared.data.rateLimits ?? []).map((limit) => (
          <li key={limit.windowSeconds}>{rateLimit(limit)}</li>
        ))}
        {shared.data.quota !== null && <li>{quota(shared.data.quota)}</li>}
      </ul>
    </>
  );
}

/** @returns `null` if the keys of the external id share no limits */
async function readSharedLimit(externalId: string): Promise<SharedLimitView | null> {
  try {
    return await api.sharedLimits.read(externalId);
  } catch (error) {
    if (error instanceof KeywrightError && error.status === 404) return null;
    throw error;
  }
}

export function MetadataCard({ of: { metadata } }: KeyCardProps) {
  const { key: texts } = useTexts();
  return (
    <Card title={texts.metadata}>
      {metadata === null ? (
        <p class="faint">{texts.noMetadata}</p>
      ) : (
        <pre tabIndex={0}>
          <bdi>{JSON.stringify(metadata, null, 2)}</bdi>
        </pre>
      )}
    </Card>
  );
}
