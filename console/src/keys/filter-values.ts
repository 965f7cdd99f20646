import type { KeyFilter } from '../api/sdk.js';
import { useApplicationNames } from '../applications/use-applications.js';
import { useTexts } from '../texts/texts.js';
import { useFormats } from '../ui/formats.js';
import { FILTERS, type FilterName } from './key-query.js';

/** Returns a function that puts a filter into words. */
export function useFilterWords(): (filter: KeyFilter, name: FilterName) => string {
  const { keys, status } = useTexts();
  const { exact } = useFormats();
  const nameOf = useApplicationNames();
  const words: Partial<Record<FilterName, (value: never) => string>> = {
    status: (value: keyof typeof status) => status[value],
    application: nameOf,
    environment: (value: keyof typeof keys.environments) => keys.environments[value],
    surface: (value: keyof typeof keys.surfaces) => keys.surfaces[value],
    exposedSource: (value: keyof typeof keys.exposedSources) => keys.exposedSources[value],
  };
  return (filter, name) => {
    const value = filter[name];
    const label = keys.fields[name];
    if (FILTERS[name] === 'flag') return value === true ? label : `${label}: –`;
    if (FILTERS[name] === 'date')
      return `${label}: ${String(value).includes('T') ? exact(String(value)) : String(value)}`;
    return `${label}: ${words[name]?.(value as never) ?? String(value)}`;
  };
}
