import { useQuery } from '@tanstack/preact-query';
import type { ComponentChildren } from 'preact';
import { Link } from 'wouter-preact';
import { api } from '../api/client.js';
import { refresh } from '../api/queries.js';
import type { ApplicationKeyView, KeyLimitsView } from '../api/sdk.js';
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
import { useFormats } from '../ui/formats.js';

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
  const mayWrite = useMay(LEVELS.writeOwn);
  const left = useQuery({
    queryKey: ['keys', 'limits', key.id],
    queryFn: () => api.keys.readLimits(key.id),
    refetchInterval: 15_000,
  });
  const reset = useAction({
    mutationFn: () => api.keys.resetQuota(key.id),
    onSuccess: () => {
      void refresh();
      tell(texts.quotaReset);
    },
  });
  const { rateLimits = [], quotas = [] } = left.data ?? {};
  const isUnlimited = left.data !== undefined && rateLimits.length === 0 && quotas.length === 0;
  const isOwn = ({ appliesTo }: { appliesTo: 'key' | 'externalId' }): boolean => appliesTo === 'key';
  const isShared = (limit: { appliesTo: 'key' | 'externalId' }): boolean => !isOwn(limit);
  const hasShared = rateLimits.some(isShared) || quotas.some(isShared);
  return (
    <Card title={texts.limits}>
      {isUnlimited && <p class="faint">{texts.noLimits}</p>}
      <LimitList rateLimits={rateLimits.filter(isOwn)} quotas={quotas.filter(isOwn)}>
        {mayWrite && (
          <Button class="small" isBusy={reset.isPending} onClick={() => reset.mutate()}>
            {texts.resetQuota}
          </Button>
        )}
      </LimitList>
      <Failure error={left.error ?? reset.error} />
      {hasShared && (
        <>
          <h3>
            <bdi>{texts.sharedLimits(key.externalId ?? '')}</bdi>
          </h3>
          <LimitList rateLimits={rateLimits.filter(isShared)} quotas={quotas.filter(isShared)} />
        </>
      )}
    </Card>
  );
}

interface LimitListProps extends Pick<KeyLimitsView, 'rateLimits' | 'quotas'> {
  /** What can be done with the quota. */
  children?: ComponentChildren;
}

/** Limits, with what is left of each. */
function LimitList({ rateLimits, quotas, children }: LimitListProps) {
  const { quota, rateLimit } = useLimitWords();
  return (
    <ul class="plain-list limits">
      {rateLimits.map((limit) => (
        <LimitLeft key={limit.windowSeconds} words={rateLimit(limit)} of={limit} />
      ))}
      {quotas.map((limit) => (
        <LimitLeft key={limit.period} words={quota(limit)} of={limit}>
          {children}
        </LimitLeft>
      ))}
    </ul>
  );
}

interface LimitLeftProps {
  words: string;
  of: { limit: number; remaining: number };
  children?: ComponentChildren;
}

function LimitLeft({ words, of: { limit, remaining }, children }: LimitLeftProps) {
  const { key: texts } = useTexts();
  const { number } = useFormats();
  return (
    <li>
      <span class="row">
        {words} <span class={remaining === 0 ? 'bad' : 'faint'}>{texts.left(number(remaining))}</span>
      </span>
      <meter min={0} max={limit} low={limit / 10} optimum={limit} value={remaining} aria-label={words} />
      {children}
    </li>
  );
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
