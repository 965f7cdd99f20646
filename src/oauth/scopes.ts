import { DomainError } from '../platform/events/domain-error.js';
import { grants, SCOPE, SCOPE_MAX_LENGTH } from '../api-keys/permissions/scopes.js';

const MAX_SCOPES = 50;

/**
 * The scopes of a session: those asked for, each of which the key must hold, or else the key's own.
 *
 * @param asked separated by spaces (RFC 6749, section 3.3)
 * @param held the key's; `null` for a key that isn't limited, which may limit its session to anything
 * @throws {DomainError} `oauth.invalid_scope`
 */
export function parseScope(asked: string | undefined, held: readonly string[] | null): readonly string[] | null {
  if (asked === undefined) return held;
  const scopes = [...new Set(asked.split(' '))];
  if (scopes.length > MAX_SCOPES) throw invalidScope(`scope must name at most ${MAX_SCOPES} scopes`);
  if (!scopes.every((scope) => scope.length <= SCOPE_MAX_LENGTH && SCOPE.test(scope)))
    throw invalidScope('scope must be scopes like payments:write, separated by single spaces');
  if (!scopes.every((scope) => grants(held, scope))) throw scopeNotHeld();
  return scopes;
}

export const scopeNotHeld = (): DomainError => invalidScope('scope must stay within the scopes of the key');

const invalidScope = (message: string): DomainError =>
  new DomainError('oauth.invalid_scope', { fields: [{ field: 'scope', message }] });
