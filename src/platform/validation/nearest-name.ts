/** Longer names are not compared: what they were meant to be is anybody's guess, and comparing takes time. */
const COMPARED_MAX = 40;

/** Names that different parts of an API, or other APIs, have for one thing. */
const SISTERS: readonly (readonly string[])[] = [
  ['active', 'enabled', 'is_active', 'isActive', 'isEnabled', 'status'],
  ['after', 'cursor', 'nextCursor', 'starting_after'],
  ['api_key_ids', 'ids', 'keyIds', 'keys'],
  ['application', 'applicationId', 'app'],
  ['description', 'name', 'label', 'title'],
  ['expiresIn', 'expiresInSeconds', 'expiresAt', 'ttl', 'lifetime', 'validity'],
  ['ip', 'allowedIps', 'ips', 'ipAllowlist', 'address'],
  ['key', 'apiKey', 'api_key', 'token', 'secret'],
  ['limit', 'pageSize', 'perPage', 'size', 'count'],
  ['merchant', 'merchantId', 'clientId', 'client_id'],
  ['metadata', 'meta', 'attributes'],
  ['overlap', 'overlapSeconds', 'gracePeriod'],
  ['password', 'newPassword', 'currentPassword'],
  ['q', 'query', 'search'],
  ['responsibleId', 'successor', 'newOwner'],
  ['scope', 'scopes', 'permissions'],
  ['sort', 'order', 'orderBy', 'sortBy'],
  ['username', 'email', 'login', 'user', 'id'],
  ['window', 'windowSeconds', 'duration'],
];

const plain = (name: string): string => name.toLowerCase().replaceAll(/[-_]/g, '');

/**
 * Returns the known name that an unknown one was probably meant to be: the same in another spelling, a longer one that begins with it, one with a
 * typing error, or the name that the same thing has here. `null` if none is near.
 */
export function findNearestName(unknown: string, known: readonly string[]): string | null {
  if (unknown.length > COMPARED_MAX) return null;
  const text = plain(unknown);
  return (
    known.find((name) => plain(name) === text) ??
    known.find((name) => text.length >= 5 && plain(name).startsWith(text)) ??
    findSimilar(text, known, Math.max(1, Math.floor(text.length / 3))) ??
    known.find((name) => text.length >= 3 && plain(name).startsWith(text)) ??
    findSister(text, known)
  );
}

/** Returns the known name that differs from another one by little more than letter case, underscores or a letter, or that begins with it. */
export function findMisspeltName(unknown: string, known: readonly string[]): string | null {
  if (unknown.length > COMPARED_MAX) return null;
  const text = plain(unknown);
  const distanceMax = Math.max(1, Math.floor(text.length / 8));
  return findSimilar(text, known, distanceMax) ?? known.find((name) => plain(name).startsWith(text)) ?? null;
}

function findSimilar(text: string, known: readonly string[], distanceMax: number): string | null {
  const [nearest] = known
    .map((name) => ({ name, distance: editDistance(text, plain(name)) }))
    .sort((a, b) => a.distance - b.distance);
  return nearest && nearest.distance <= distanceMax ? nearest.name : null;
}

function findSister(text: string, known: readonly string[]): string | null {
  const sisters = SISTERS.find((names) => names.some((name) => plain(name) === text)) ?? [];
  return known.find((name) => sisters.includes(name)) ?? null;
}

/** The number of characters to insert, delete or replace to turn one text into the other (Levenshtein). */
function editDistance(from: string, to: string): number {
  let previous = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [row, character] of [...from].entries()) {
    const current = [row + 1];
    for (let column = 1; column <= to.length; column += 1) {
      const replaced = (previous[column - 1] ?? 0) + (to[column - 1] === character ? 0 : 1);
      current.push(Math.min(replaced, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous.at(-1) ?? 0;
}
