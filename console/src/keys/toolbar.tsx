import type { KeyFilter } from '../api/sdk.js';
import { useTexts } from '../texts/texts.js';
import { Button } from '../ui/button.js';
import { SearchField } from '../ui/search-field.js';
import { Select } from '../ui/select.js';
import { FilterForm } from './filter-form.js';
import { useFilterWords } from './filter-values.js';
import { DEFAULT_SORT, FILTER_NAMES } from './key-query.js';

interface ToolbarProps {
  params: URLSearchParams;
  filter: KeyFilter;
  /** @param isTyping whether more may follow at once, so that the change needs no entry of its own in the history */
  onChange: (changes: Record<string, string>, isTyping?: boolean) => void;
}

/** Search, filters and order of the list. */
export function Toolbar({ params, filter, onChange }: ToolbarProps) {
  const { keys, status } = useTexts();
  const statuses = [['', keys.all], ...Object.entries(status)] as [string, string][];
  const hidden = FILTER_NAMES.filter((name) => name in filter && name !== 'q' && name !== 'status');
  return (
    <div class="toolbar">
      <div class="row">
        <SearchField
          label={keys.search}
          hint={keys.searchHint}
          value={params.get('q') ?? ''}
          onChange={(q) => onChange({ q }, true)}
        />
        <Select
          aria-label={keys.status}
          value={params.get('status') ?? ''}
          options={statuses}
          onChange={(value) => onChange({ status: value })}
        />
        <Select
          aria-label={keys.sort}
          value={params.get('sort') ?? DEFAULT_SORT}
          options={Object.entries(keys.sorts)}
          onChange={(sort) => onChange({ sort })}
        />
      </div>
      <details class="more-filters">
        <summary>{keys.filters}</summary>
        <FilterForm params={params} onChange={onChange} />
      </details>
      {hidden.length > 0 && <Chips filter={filter} names={hidden} onChange={onChange} />}
    </div>
  );
}

function Chips({
  filter,
  names,
  onChange,
}: Pick<ToolbarProps, 'filter' | 'onChange'> & { names: typeof FILTER_NAMES }) {
  const { keys } = useTexts();
  const words = useFilterWords();
  return (
    <ul class="chips">
      {names.map((name) => (
        <li key={name}>
          <button type="button" class="chip" onClick={() => onChange({ [name]: '' })}>
            <bdi>{words(filter, name)}</bdi> <span aria-hidden="true">×</span>
            <span class="unseen">{keys.removeFilter(keys.fields[name])}</span>
          </button>
        </li>
      ))}
      <li>
        <Button kind="quiet" onClick={() => onChange(Object.fromEntries(FILTER_NAMES.map((name) => [name, ''])))}>
          {keys.clearFilters}
        </Button>
      </li>
    </ul>
  );
}
