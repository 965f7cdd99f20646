import type { WebhookEvent } from '../api/sdk.js';
import { useTexts, type Texts } from '../texts/texts.js';

/** Stands for all events, also those of types that there are not yet. */
export const ALL = '*';

/** Is sent on request alone, and cannot be chosen. */
const TEST = 'webhook.test';

/** Types of events about one kind of thing, and what stands for all of them. */
export interface EventGroup {
  pattern: string;
  types: string[];
}

const patternOf = (type: string): string => `${type.slice(0, type.indexOf('.'))}.*`;

/** Compiles only if every type has a name. */
const namesOf = ({ webhooks }: Texts): Record<WebhookEvent['type'], string> => webhooks.types;

/** The types that an endpoint can receive, in groups. */
export function useEventGroups(): EventGroup[] {
  const types = Object.keys(namesOf(useTexts())).filter((type) => type !== TEST);
  return [...new Set(types.map(patternOf))].map((pattern) => ({
    pattern,
    types: types.filter((type) => patternOf(type) === pattern),
  }));
}

/** Returns a function that puts a type of events, or what stands for several, into words; unknown ones stay as they are. */
export function useEventNames(): (event: string) => string {
  const texts = useTexts();
  const names: Record<string, string> = { ...namesOf(texts), ...texts.webhooks.groups };
  return (event) => names[event] ?? event;
}
