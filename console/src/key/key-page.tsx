import { useQuery } from '@tanstack/preact-query';
import { useState } from 'preact/hooks';
import { Link } from 'wouter-preact';
import { useHistoryState } from 'wouter-preact/use-browser-location';
import { api } from '../api/client.js';
import { refresh } from '../api/queries.js';
import { KeywrightError, type ApplicationKeyView } from '../api/sdk.js';
import { useAction } from '../api/use-action.js';
import { ChangeKeyDialog } from '../key-forms/change-key-dialog.js';
import { HealthBadges, StatusBadge } from '../key-parts/health-badges.js';
import { KeyText } from '../key-parts/key-text.js';
import { LEVELS, useMay } from '../session/session.js';
import { useTexts } from '../texts/texts.js';
import { Button } from '../ui/button.js';
import { Empty } from '../ui/empty.js';
import { Failure } from '../ui/failure.js';
import { PageTitle } from '../ui/page-title.js';
import { tell } from '../ui/toasts.js';
import { UsagePanel } from '../usage/usage-panel.js';
import { History } from './history.js';
import { DetailsCard, LimitsCard, MetadataCard, PermissionsCard } from './key-cards.js';
import { RevokeDialog } from './revoke-dialog.js';
import { RotateDialog } from './rotate-dialog.js';
import { ROTATION_POLL_MS, SecretsCard } from './secrets-card.js';
import { Snippets } from './snippets.js';

/** Everything about one key. */
export function KeyPage({ id }: { id: string }) {
  const { key: texts, common } = useTexts();
  const query = useQuery({
    queryKey: ['keys', 'one', id],
    queryFn: () => api.keys.read(id),
    // Shows when the previous secret was last used, and its end.
    refetchInterval: ({ state }) => state.data?.previousKey != null && ROTATION_POLL_MS,
  });
  const [isRevoking, setRevoking] = useState(false);
  const list = useListAddress();
  const { error, data: key } = query;
  const isGone = error instanceof KeywrightError && [400, 404].includes(error.status);
  // A key that this page revokes stays in sight until the person has read that it is refused.
  if (isGone && !isRevoking)
    return (
      <>
        <PageTitle title={texts.notFound} />
        <Empty title={texts.notFound} hint={texts.notFoundHint}>
          <Link class="button primary" href={list}>
            {texts.toKeys}
          </Link>
        </Empty>
      </>
    );
  if (key === undefined) return query.isPending ? <p class="faint">{common.loading}</p> : <Failure error={error} />;
  return (
    <>
      <p class="crumbs">
        <Link href={list}>{texts.toKeys}</Link>
      </p>
      <PageTitle title={key.description}>
        <Actions of={key} onRevoke={() => setRevoking(true)} />
      </PageTitle>
      <p class="summary">
        <StatusBadge status={key.status} />
        <HealthBadges of={key} />
        <KeyText of={key} />
      </p>
      <div class="stack large">
        <div class="columns">
          <DetailsCard of={key} />
          <SecretsCard of={key} />
        </div>
        <UsagePanel of={id} read={(options) => api.keys.readUsage(id, options)} />
        <div class="columns">
          <PermissionsCard of={key} />
          <div class="stack large">
            <LimitsCard of={key} />
            <MetadataCard of={key} />
          </div>
        </div>
        <Snippets />
        <HistoryOf id={id} />
      </div>
      {isRevoking && <RevokeDialog of={key} list={list} onCancel={() => setRevoking(false)} />}
    </>
  );
}

/** Returns the address of the list of keys, with what was searched for in it by the person who came from there. */
function useListAddress(): string {
  const state = useHistoryState<{ search?: string } | null>();
  const [{ search = '' }] = useState(state ?? {});
  return search === '' ? '/keys' : `/keys?${search}`;
}

function HistoryOf({ id }: { id: string }) {
  return useMay(LEVELS.writeOwn) ? <History of={id} /> : null;
}

/** What can be done with the key, by those who may change it. */
function Actions({ of: key, onRevoke }: { of: ApplicationKeyView; onRevoke: () => void }) {
  const { key: texts, common } = useTexts();
  const [open, setOpen] = useState<'change' | 'rotate' | null>(null);
  const toggle = useAction({
    mutationFn: (isEnabled: boolean) => api.keys.update(key.id, { isEnabled }),
    onSuccess: (_key, isEnabled) => {
      void refresh();
      tell(isEnabled ? texts.enabled : texts.disabled, () => toggle.mutate(!isEnabled));
    },
  });
  const close = (): void => setOpen(null);
  if (!useMay(LEVELS.writeOwn)) return null;
  const isDisabled = key.status === 'disabled';
  return (
    <>
      <Failure error={toggle.error} />
      <Button onClick={() => setOpen('change')}>{common.edit}</Button>
      <Button onClick={() => setOpen('rotate')}>{texts.rotate}</Button>
      <Button isBusy={toggle.isPending} onClick={() => toggle.mutate(isDisabled)}>
        {isDisabled ? common.enable : common.disable}
      </Button>
      <Button kind="danger" onClick={onRevoke}>
        {texts.revoke}
      </Button>
      {open === 'change' && <ChangeKeyDialog of={key} onClose={close} />}
      {open === 'rotate' && <RotateDialog of={key} onClose={close} />}
    </>
  );
}
