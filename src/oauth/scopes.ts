import { DomainError } from '../platform/events/domain-error.js';
import { grants } from '../access/scopes.js';
import { SCOPE, SCOPE_MAX_LENGTH } from '../platform/validation/scope.js';

const MAX_SCOPES = 50;

/**
 * Returns the scopes of a session: the requested ones, each of which the key must hold, or by default the key's.
 *
 * @param requested the requested scopes, separated by spaces (RFC 6749, section 3.3)
 * @param held the key's scopes, as far as its merchant was given them; `null` for a key that isn't limited, which can limit its session to any scopes
 * @throws {DomainError} `oauth.invalid_scope`
 */
export function parseScope(requested: string | undefined, held: readonly string[] | null): readonly string[] | null {
  if (requested === undefined) return held;
  const scopes = [...new Set(requested.split(' '))];
  if (scopes.length > MAX_SCOPES) throw invalidScope(`scope must name at most ${MAX_SCOPES} scopes`);
  if (!scopes.every((scope) => scope.length <= SCOPE_MAX_LENGTH && SCOPE.test(scope)))
    throw invalidScope('scope must list scopes like payments:write, separated by single spaces');
  if (!scopes.every((scope) => grants(held, scope))) throw scopeNotHeld();
  return scopes;
}

export const scopeNotHeld = (): DomainError => invalidScope('scope must not exceed the scopes of the key');

const invalidScope = (message: string): DomainError =>
  new DomainError('oauth.invalid_scope', { fields: [{ field: 'scope', message }] });
