import { Link, useSearch } from 'wouter-preact';
import type { KeySort, KeyView } from '../api/sdk.js';
import { useApplicationNames } from '../applications/use-applications.js';
import { Sparkline } from '../charts/sparkline.js';
import { HealthBadges, StatusBadge } from '../key-parts/health-badges.js';
import { KeyText } from '../key-parts/key-text.js';
import { useTexts } from '../texts/texts.js';
import { Badge } from '../ui/badge.js';
import { Time } from '../ui/time.js';
import type { Column } from './columns.js';
import type { Selecting } from './selection.js';

interface KeyTableProps {
  keys: KeyView[];
  columns: Column[];
  sort: KeySort;
  onSort: (sort: KeySort) => void;
  /** The verifications of the keys on each of the last days. Until they are known, their places are empty. */
  daysOf: ReadonlyMap<string, number[]> | undefined;
  /** Absent for people who cannot change keys. */
  selecting: Selecting | undefined;
}

/** The keys of one part of the list. On a narrow screen each is a card. */
export function KeyTable({ keys, columns, sort, onSort, daysOf, selecting }: KeyTableProps) {
  const { keys: texts } = useTexts();
  const ids = keys.map(({ id }) => id);
  const isAllPicked =
    selecting !== undefined && (selecting.isAllMatching || ids.every((id) => selecting.picked.has(id)));
  return (
    <table class="cards">
      <thead>
        <tr>
          {selecting !== undefined && (
            <th scope="col" class="narrow" data-label={texts.selectPage}>
              <input
                type="checkbox"
                aria-label={texts.selectPage}
                checked={isAllPicked}
                onChange={(event) => selecting.toggle(ids, event.currentTarget.checked)}
              />
            </th>
          )}
          <SortableHeader name="description" by="name" sort={sort} onSort={onSort} />
          <th scope="col">{texts.columns.key}</th>
          <th scope="col">{texts.columns.status}</th>
          {columns.map((column) =>
            isSortable(column) ? (
              <SortableHeader key={column} name={column} by={column} sort={sort} onSort={onSort} />
            ) : (
              <th key={column} scope="col">
                {texts.columns[column]}
              </th>
            ),
          )}
        </tr>
      </thead>
      <tbody>
        {keys.map((key) => (
          <KeyRow
            key={key.id}
            of={key}
            columns={columns}
            days={daysOf && (daysOf.get(key.id) ?? [])}
            selecting={selecting}
          />
        ))}
      </tbody>
    </table>
  );
}

type SortBy = 'name' | 'createdAt' | 'lastUsedAt' | 'expiresAt';

const isSortable = (column: Column): column is Column & SortBy =>
  column === 'createdAt' || column === 'lastUsedAt' || column === 'expiresAt';

interface SortableHeaderProps extends Pick<KeyTableProps, 'sort' | 'onSort'> {
  name: 'description' | Column;
  by: SortBy;
}

function SortableHeader({ name, by, sort, onSort }: SortableHeaderProps) {
  const { keys } = useTexts();
  const isSorted = sort === by || sort === `-${by}`;
  const isDescending = sort.startsWith('-');
  const next: KeySort = sort === by ? `-${by}` : by;
  return (
    <th scope="col" aria-sort={isSorted ? (isDescending ? 'descending' : 'ascending') : undefined}>
      <button type="button" class="sort" onClick={() => onSort(next)}>
        {keys.columns[name]}
        <span aria-hidden="true">{isSorted ? (isDescending ? ' ↓' : ' ↑') : ''}</span>
      </button>
    </th>
  );
}

interface KeyRowProps extends Pick<KeyTableProps, 'columns' | 'selecting'> {
  of: KeyView;
  days: number[] | undefined;
}

function KeyRow({ of: key, columns, days, selecting }: KeyRowProps) {
  const { keys } = useTexts();
  const search = useSearch();
  const isPicked = selecting !== undefined && (selecting.isAllMatching || selecting.picked.has(key.id));
  return (
    <tr class={isPicked ? 'picked' : undefined}>
      {selecting !== undefined && (
        <td class="narrow">
          <input
            type="checkbox"
            aria-label={keys.select(key.description)}
            checked={isPicked}
            disabled={selecting.isAllMatching}
            onChange={(event) => selecting.toggle([key.id], event.currentTarget.checked)}
          />
        </td>
      )}
      <th scope="row" class="name">
        {/* Only the keys of this surface have a page. */}
        {key.surface === 'merchants' ? (
          <Link href={`/keys/${key.id}`} state={{ search }}>
            <bdi>{key.description}</bdi>
          </Link>
        ) : (
          <bdi>{key.description}</bdi>
        )}{' '}
        <span class="badges">
          {key.environment === 'test' && <Badge>{keys.environments.test}</Badge>}
          {key.surface !== 'merchants' && <Badge>{keys.surfaces[key.surface]}</Badge>}
          <HealthBadges of={key} />
        </span>
        {key.externalId !== null && (
          <span class="faint small">
            <bdi>{key.externalId}</bdi>
          </span>
        )}
      </th>
      <td data-label={keys.columns.key}>
        <KeyText of={key} />
      </td>
      <td data-label={keys.columns.status}>
        <StatusBadge status={key.status} />
      </td>
      {columns.map((column) => (
        <td key={column} data-label={keys.columns[column]}>
          <Cell of={key} column={column} days={days} />
        </td>
      ))}
    </tr>
  );
}

function Cell({ of: key, column, days }: { of: KeyView; column: Column; days: number[] | undefined }) {
  const { key: texts, common } = useTexts();
  const nameOf = useApplicationNames();
  if (column === 'application')
    return key.applicationId === null ? (
      <span class="faint">{common.none}</span>
    ) : (
      <bdi>{nameOf(key.applicationId)}</bdi>
    );
  if (column === 'scopes')
    return key.scopes === null ? <span class="faint">{texts.anyScope}</span> : <code>{key.scopes.join(', ')}</code>;
  if (column === 'level') return <>{key.level}</>;
  if (column === 'usage') return days === undefined ? null : <Sparkline of={days} />;
  return <Time value={key[column]} />;
}
