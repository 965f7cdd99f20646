import { useQuery } from '@tanstack/preact-query';
import { useState } from 'preact/hooks';
import { api } from '../api/client.js';
import type { ListedPersonalKeyView } from '../api/sdk.js';
import { RevokeKeyDialog } from '../key-forms/revoke-key-dialog.js';
import { useTexts } from '../texts/texts.js';
import { ActionsHeader } from '../ui/actions.js';
import { Button } from '../ui/button.js';
import { Empty } from '../ui/empty.js';
import { Failure } from '../ui/failure.js';
import { PageTitle } from '../ui/page-title.js';
import { Time } from '../ui/time.js';
import { CreateMyKeyDialog } from './create-my-key-dialog.js';

/** The keys that act for the person, and end with the account. */
export function MyKeysPage() {
  const { myKeys: texts, common } = useTexts();
  const [open, setOpen] = useState<ListedPersonalKeyView | 'create' | null>(null);
  const query = useQuery({ queryKey: ['my keys'], queryFn: () => api.personalKeys.list() });
  const keys = query.data?.apikeys;
  const close = (): void => setOpen(null);
  const create = (
    <Button kind="primary" onClick={() => setOpen('create')}>
      {texts.create}
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
      {keys !== undefined && keys.length > 0 && <KeyTable keys={keys} onRevoke={setOpen} />}
      {open === 'create' && <CreateMyKeyDialog onClose={close} />}
      {open !== null && open !== 'create' && (
        <RevokeKeyDialog name={open.name} revoke={() => api.personalKeys.delete(open.key)} onClose={close} />
      )}
    </>
  );
}

interface KeyTableProps {
  keys: ListedPersonalKeyView[];
  onRevoke: (key: ListedPersonalKeyView) => void;
}

function KeyTable({ keys, onRevoke }: KeyTableProps) {
  const { myKeys: texts, form } = useTexts();
  return (
    <table class="cards">
      <thead>
        <tr>
          <th scope="col">{texts.name}</th>
          <th scope="col">{form.level}</th>
          <th scope="col">{texts.created}</th>
          <th scope="col">{texts.expires}</th>
          <ActionsHeader />
        </tr>
      </thead>
      <tbody>
        {keys.map((key) => (
          <tr key={key.id}>
            <th scope="row" class="name">
              <bdi>{key.name}</bdi>
              <code class="faint small">{key.key}</code>
            </th>
            <td data-label={form.level}>{form.levels[key.level]}</td>
            <td data-label={texts.created}>
              <Time value={key.createdAt} />
            </td>
            <td data-label={texts.expires}>
              <Time value={key.expiresAt} />
            </td>
            <td class="end">
              <Button class="small" kind="danger" onClick={() => onRevoke(key)}>
                {texts.revoke}
                <span class="unseen"> {key.name}</span>
              </Button>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
