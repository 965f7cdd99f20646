import { exampleOf, leastOf, resolved, OPERATIONS, type Operation, type Schema } from './operations.js';

/** A name of an operation, written wrongly. */
export interface Misspelling {
  /** The name that is meant. */
  meant: string;
  /** Where the wrong name stands, as errors write it: `rateLimit.window_seconds`, `keys.0.scope`. */
  path: string;
  /** The body that holds it; absent if the query does. */
  body?: unknown;
  /** Whether it differs from what is meant by letter case and underscores alone. */
  isSameWord: boolean;
}

/** Every name in a query or a body of the document. */
const NAMES = new Set(OPERATIONS.flatMap(({ query, body }) => [...query, ...(body ? namesIn(body) : [])]));

function namesIn(schema: Schema): string[] {
  const { properties = {}, items } = resolved(schema);
  return [
    ...(items ? namesIn(items) : []),
    ...Object.entries(properties).flatMap(([name, one]) => [name, ...namesIn(one)]),
  ];
}

const plain = (name: string): string => name.toLowerCase().replaceAll('_', '');

/**
 * The wrong spellings of a name: in other letter cases, a letter shorter, in snake case or camel case, and as other operations name something that
 * begins alike. None of them is a name that stands beside it.
 */
export function misspell(name: string, beside: string[]): string[] {
  const [first = ''] = name;
  const lower = first.toLowerCase();
  const flipped = first === lower ? first.toUpperCase() : lower;
  const wrong = [
    name.toLowerCase(),
    name.toUpperCase(),
    flipped + name.slice(1),
    name.slice(0, -1),
    name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
    ...[...NAMES].filter((other) => other.startsWith(name) || name.startsWith(other)),
  ];
  return [...new Set(wrong)].filter((each) => each !== '' && each !== name && !beside.includes(each));
}

/** The wrong spellings of every parameter in the query of an operation. */
export const misspeltQueries = ({ query }: Operation): Misspelling[] =>
  query.flatMap((meant) =>
    misspell(meant, query).map((path) => ({ meant, path, isSameWord: plain(path) === plain(meant) })),
  );

/** The wrong spellings of every property of an operation's body, at any depth, each in a body that otherwise holds the least. */
export const misspeltBodies = ({ body }: Operation): Misspelling[] => (body ? misspeltIn(body, '') : []);

function misspeltIn(schema: Schema, parent: string): Misspelling[] {
  const { properties = {}, items } = resolved(schema);
  if (items) return misspeltIn(items, `${parent}0.`).map((each) => ({ ...each, body: [each.body] }));
  const least = leastOf(schema) as Record<string, unknown>;
  const names = Object.keys(properties);
  return Object.entries(properties).flatMap(([meant, one]) => [
    ...misspell(meant, names).map((wrong) => ({
      meant,
      path: parent + wrong,
      isSameWord: plain(wrong) === plain(meant),
      body: { ...least, [wrong]: exampleOf(one) },
    })),
    ...misspeltIn(one, `${parent}${meant}.`).map((each) => ({ ...each, body: { ...least, [meant]: each.body } })),
  ]);
}
