import { useInfiniteQuery } from '@tanstack/preact-query';
import { useState } from 'preact/hooks';
import { api } from '../api/client.js';
import { RevokeKeyDialog } from '../key-forms/revoke-key-dialog.js';
import { StatusBadge } from '../key-parts/health-badges.js';
import { LEVELS, useMay } from '../session/session.js';
import { useTexts } from '../texts/texts.js';
import { ActionsHeader } from '../ui/actions.js';
import { Button } from '../ui/button.js';
import { Empty } from '../ui/empty.js';
import { Failure } from '../ui/failure.js';
import { PageTitle } from '../ui/page-title.js';
import { Time } from '../ui/time.js';
import { readClientKeys, statusOf, type ListedClientKey } from './client-keys.js';
import { CreateClientKeyDialog } from './create-client-key-dialog.js';

/** The keys of the client: pairs of an id and a secret. */
export function ClientKeysPage() {
  const { clientKeys: texts, key: words, common } = useTexts();
  const mayWrite = useMay(LEVELS.writeOwn);
  const [open, setOpen] = useState<ListedClientKey | 'create' | null>(null);
  const query = useInfiniteQuery({
    queryKey: ['client keys'],
    queryFn: ({ pageParam }) => readClientKeys(pageParam),
    initialPageParam: 1,
    getNextPageParam: ({ nextPage }) => nextPage,
  });
  const keys = query.data?.pages.flatMap((page) => page.keys);
  const close = (): void => setOpen(null);
  const create = mayWrite && (
    <Button kind="primary" onClick={() => setOpen('create')}>
      {words.create}
    </Button>
  );
  return (
    <>
      <PageTitle title={texts.title}>{create}</PageTitle>
      <p class="lead">{texts.hint}</p>
      <Failure error={query.error} />
      {query.isPending && <p class="faint">{common.loading}</p>}
      {keys?.length === 0 && (
        <Empty title={texts.empty} hint={texts.emptyHint}>
          {create}
        </Empty>
      )}
      {keys !== undefined && keys.length > 0 && <KeyTable keys={keys} onRevoke={mayWrite ? setOpen : undefined} />}
      {query.hasNextPage && (
        <Button isBusy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {common.more}
        </Button>
      )}
      {open === 'create' && <CreateClientKeyDialog onClose={close} />}
      {open !== null && open !== 'create' && (
        <RevokeKeyDialog name={open.apikey} revoke={() => api.clientKeys.delete(open.id)} onClose={close} />
      )}
    </>
  );
}

interface KeyTableProps {
  keys: ListedClientKey[];
  /** Absent for people who cannot revoke keys. */
  onRevoke: ((key: ListedClientKey) => void) | undefined;
}

function KeyTable({ keys, onRevoke }: KeyTableProps) {
  const { clientKeys: texts, keys: words, key: actions } = useTexts();
  const { columns } = words;
  return (
    <table class="cards">
      <thead>
        <tr>
          <th scope="col">{texts.id}</th>
          <th scope="col">{columns.status}</th>
          <th scope="col">{columns.createdAt}</th>
          <th scope="col">{columns.lastUsedAt}</th>
          <th scope="col">{columns.expiresAt}</th>
          {onRevoke !== undefined && <ActionsHeader />}
        </tr>
      </thead>
      <tbody>
        {keys.map((key) => (
          <tr key={key.id}>
            <th scope="row" class="name">
              <code>{key.apikey}</code>
            </th>
            <td data-label={columns.status}>
              <StatusBadge status={statusOf(key)} />
            </td>
            <td data-label={columns.createdAt}>
              <Time value={key.created_at} />
            </td>
            <td data-label={columns.lastUsedAt}>
              <Time value={key.last_used_at} />
            </td>
            <td data-label={columns.expiresAt}>
              <Time value={key.expires_at} />
            </td>
            {onRevoke !== undefined && (
              <td class="end">
                <Button class="small" kind="danger" onClick={() => onRevoke(key)}>
                  {actions.revoke}
                  <span class="unseen"> {key.apikey}</span>
                </Button>
              </td>
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
