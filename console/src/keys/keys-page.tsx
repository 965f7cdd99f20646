import { keepPreviousData, useQuery } from '@tanstack/preact-query';
import { useState } from 'preact/hooks';
import { Link, useLocation, useSearchParams } from 'wouter-preact';
import { useHistoryState } from 'wouter-preact/use-browser-location';
import { api } from '../api/client.js';
import { LEVELS, useMay } from '../session/session.js';
import { useTexts } from '../texts/texts.js';
import { Empty } from '../ui/empty.js';
import { Failure } from '../ui/failure.js';
import { Menu } from '../ui/menu.js';
import { ScrollArea } from '../ui/scroll-area.js';
import { PageTitle } from '../ui/page-title.js';
import { BulkDialog, type BulkAction } from './bulk-dialog.js';
import { COLUMNS, useColumns } from './columns.js';
import { CreateKeyDialog } from '../key-forms/create-key-dialog.js';
import { changeParams, readKeyQuery } from './key-query.js';
import { KeyTable } from './key-table.js';
import { SelectionBar } from './selection-bar.js';
import { useSelecting } from './selection.js';
import { useDailyUsage } from './use-daily-usage.js';
import { Toolbar } from './toolbar.js';

const PAGE_SIZE = 25;

/** The merchant's keys. What is shown of them is in the address of the page. */
export function KeysPage() {
  const { keys } = useTexts();
  const [params, setParams] = useSearchParams();
  const query = readKeyQuery(params);
  const mayWrite = useMay(LEVELS.writeOwn);
  const selecting = useSelecting(query.filter);
  const [columns, toggleColumn] = useColumns();
  const [action, setAction] = useState<BulkAction | null>(null);
  const list = useQuery({
    queryKey: ['keys', 'list', query],
    queryFn: () => api.keys.list({ ...query.filter, sort: query.sort, limit: PAGE_SIZE, cursor: query.cursor }),
    placeholderData: keepPreviousData,
  });
  const change = (changes: Record<string, string>, isTyping = false): void =>
    setParams((former) => changeParams(former, changes), { replace: isTyping });
  const daysOf = useDailyUsage(columns.includes('usage') ? (list.data?.items ?? []) : []);
  const isFiltered = Object.keys(query.filter).length > 0;
  const items = list.data?.items ?? [];
  const isSelecting = selecting.isAllMatching || selecting.picked.size > 0;
  return (
    <>
      <PageTitle title={keys.title}>
        <ColumnMenu columns={columns} onToggle={toggleColumn} />
        {mayWrite && (
          <Link class="button plain" href="/import">
            {keys.import}
          </Link>
        )}
        {mayWrite && (
          <Link class="button primary" href={`/keys?${changeParams(params, { create: 'key' }).toString()}`}>
            {keys.create}
          </Link>
        )}
      </PageTitle>
      <Toolbar params={params} filter={query.filter} onChange={change} />
      <Failure error={list.error} />
      {isSelecting && <SelectionBar selecting={selecting} canPickMatching={items.length > 0} onAction={setAction} />}
      <div aria-busy={list.isFetching} class={list.isPlaceholderData ? 'stale' : undefined}>
        {items.length > 0 && (
          <ScrollArea label={keys.title}>
            <KeyTable
              keys={items}
              columns={columns}
              sort={query.sort}
              onSort={(sort) => change({ sort })}
              daysOf={daysOf}
              selecting={mayWrite ? selecting : undefined}
            />
          </ScrollArea>
        )}
        {list.data !== undefined && items.length === 0 && (
          <NoKeys isFiltered={isFiltered} goesOn={list.data.nextCursor !== null} mayWrite={mayWrite} />
        )}
      </div>
      {list.data !== undefined && <Pager cursor={query.cursor} next={list.data.nextCursor} params={params} />}
      {action !== null && (
        <BulkDialog
          action={action}
          selection={selecting.isAllMatching ? { filter: query.filter } : { ids: [...selecting.picked] }}
          onClose={(isDone) => {
            setAction(null);
            if (isDone) selecting.clear();
          }}
        />
      )}
      {params.has('create') && mayWrite && (
        <CreateKeyDialog
          applicationId={params.get('application') ?? ''}
          onClose={() => setParams((former) => changeParams(former, { create: '' }), { replace: true })}
        />
      )}
    </>
  );
}

function ColumnMenu({
  columns,
  onToggle,
}: {
  columns: string[];
  onToggle: (column: (typeof COLUMNS)[number]) => void;
}) {
  const { keys } = useTexts();
  return (
    <Menu label={keys.chooseColumns}>
      {COLUMNS.map((column) => (
        <label key={column} class="check">
          <input type="checkbox" checked={columns.includes(column)} onChange={() => onToggle(column)} />
          {keys.columns[column]}
        </label>
      ))}
    </Menu>
  );
}

function NoKeys({ isFiltered, goesOn, mayWrite }: { isFiltered: boolean; goesOn: boolean; mayWrite: boolean }) {
  const { keys } = useTexts();
  // A part may be empty because much had to be looked through.
  if (goesOn) return <Empty title={keys.endOfPart} hint={keys.endOfPartHint} />;
  if (isFiltered)
    return (
      <Empty title={keys.noMatch} hint={keys.noMatchHint}>
        <Link class="button plain" href="/keys">
          {keys.clearFilters}
        </Link>
      </Empty>
    );
  return (
    <Empty title={keys.empty} hint={keys.emptyHint}>
      {mayWrite && (
        <Link class="button primary" href="/keys?create=key">
          {keys.create}
        </Link>
      )}
    </Empty>
  );
}

interface PagerProps {
  cursor: string;
  next: string | null;
  params: URLSearchParams;
}

/** Leads on through the list, and back by the cursors that led here. An address that was shared knows only the first page. */
function Pager({ cursor, next, params }: PagerProps) {
  const { common, keys } = useTexts();
  const [, navigate] = useLocation();
  const trail = useHistoryState<{ trail?: string[] } | null>()?.trail ?? [];
  if (cursor === '' && next === null) return null;
  const go = (to: string, newTrail: string[]): void => {
    const changed = changeParams(params, {});
    if (to !== '') changed.set('cursor', to);
    const search = changed.toString();
    navigate(search === '' ? '/keys' : `/keys?${search}`, { state: { trail: newTrail } });
    scrollTo(0, 0);
  };
  return (
    <nav class="pager" aria-label={keys.pages}>
      {cursor !== '' && (
        <button type="button" class="button plain" onClick={() => go('', [])}>
          {common.firstPage}
        </button>
      )}
      {trail.length > 0 && (
        <button type="button" class="button plain" onClick={() => go(trail.at(-1) ?? '', trail.slice(0, -1))}>
          {common.previousPage}
        </button>
      )}
      {next !== null && (
        <button type="button" class="button plain" onClick={() => go(next, [...trail, cursor])}>
          {common.nextPage}
        </button>
      )}
    </nav>
  );
}
