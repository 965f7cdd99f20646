import type { TargetedEvent } from 'preact';
import { useApplications } from '../applications/use-applications.js';
import { useTexts } from '../texts/texts.js';
import { Field } from '../ui/field.js';
import { Select } from '../ui/select.js';
import { FILTER_NAMES, FILTERS, type FilterName } from './key-query.js';

interface FilterFormProps {
  params: URLSearchParams;
  onChange: (changes: Record<string, string>) => void;
}

const DEDICATED: FilterName[] = ['q', 'status'];

/** All filters but those that have a place of their own. Each takes effect when it is changed. */
export function FilterForm({ params, onChange }: FilterFormProps) {
  const { keys } = useTexts();
  const choices = useChoices();
  const names = FILTER_NAMES.filter((name) => !DEDICATED.includes(name));
  const control = (name: FilterName) => {
    const value = params.get(name) ?? '';
    const change = (changed: string): void => onChange({ [name]: changed });
    if (FILTERS[name] === 'flag')
      return (
        <label key={name} class="check">
          <input
            type="checkbox"
            checked={value === 'true'}
            onChange={(event) => change(event.currentTarget.checked ? 'true' : '')}
          />
          {keys.fields[name]}
        </label>
      );
    return (
      <Field key={name} label={keys.fields[name]}>
        {(props) => {
          const options = choices[name];
          if (options !== undefined)
            return <Select {...props} value={value} options={[['', keys.any], ...options]} onChange={change} />;
          const edit = (event: TargetedEvent<HTMLInputElement>): void => change(event.currentTarget.value);
          if (FILTERS[name] === 'date')
            return <input {...props} type="date" value={value.slice(0, 10)} onChange={edit} />;
          if (FILTERS[name] === 'number')
            return <input {...props} type="number" min="0" max="8" value={value} onChange={edit} />;
          return <input {...props} type="text" value={value} onChange={edit} />;
        }}
      </Field>
    );
  };
  return (
    <div class="filters">
      <div class="grid">{names.filter((name) => FILTERS[name] !== 'flag').map(control)}</div>
      <div class="checks">{names.filter((name) => FILTERS[name] === 'flag').map(control)}</div>
    </div>
  );
}

function useChoices(): Partial<Record<FilterName, [string, string][]>> {
  const { keys } = useTexts();
  const { data = [] } = useApplications();
  return {
    application: data.map(({ id, name }) => [id, name]),
    environment: Object.entries(keys.environments),
    surface: Object.entries(keys.surfaces),
    exposedSource: Object.entries(keys.exposedSources),
  };
}
