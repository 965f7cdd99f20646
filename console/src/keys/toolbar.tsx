import { useEffect, useRef, useState } from 'preact/hooks';
import type { KeyFilter } from '../api/sdk.js';
import { useTexts } from '../texts/texts.js';
import { Button } from '../ui/button.js';
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

const SEARCH_DELAY_MS = 300;

/** Search, filters and order of the list. */
export function Toolbar({ params, filter, onChange }: ToolbarProps) {
  const { keys, status } = useTexts();
  const statuses = [['', keys.all], ...Object.entries(status)] as [string, string][];
  const hidden = FILTER_NAMES.filter((name) => name in filter && name !== 'q' && name !== 'status');
  return (
    <div class="toolbar">
      <div class="row">
        <Search value={params.get('q') ?? ''} onChange={(q) => onChange({ q }, true)} />
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

/** Searches when nothing has been typed for a moment. */
function Search({ value, onChange }: { value: string; onChange: (text: string) => void }) {
  const { keys } = useTexts();
  const [text, setText] = useState(value);
  const sent = useRef(value);
  useEffect(() => {
    // The address has changed by something else, such as a step back.
    if (value === sent.current) return;
    sent.current = value;
    setText(value);
  }, [value]);
  useEffect(() => {
    if (text === sent.current) return;
    const timer = setTimeout(() => {
      sent.current = text;
      onChange(text);
    }, SEARCH_DELAY_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <input
      type="search"
      class="grow"
      aria-label={keys.search}
      placeholder={keys.searchHint}
      value={text}
      maxLength={100}
      onInput={(event) => setText(event.currentTarget.value)}
    />
  );
}
