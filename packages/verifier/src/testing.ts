import { outcomeOf, resultOf, type KnownKey } from './decision/decide.js';
import { AddressList } from './decision/address-list.js';
import { findMistake, NONE } from './decision/requirements.js';
import { NOT_FOUND, toVerification, UNAVAILABLE, type Outcome, type Verification } from './verification.js';
import type { Verifier } from './verifier.js';

/** What a fake key is. What is not said is as of a key of level 1 that has every scope and belongs to no application. */
export interface FakeKey extends Partial<Omit<Verification, 'valid' | 'outcome'>> {
  /** The addresses from which the key may be used. */
  allowedIps?: readonly string[];
  /** The outcome for every request, such as `RATE_LIMITED`, `EXPIRED` or `UNAVAILABLE`. */
  outcome?: Outcome | 'UNAVAILABLE';
}

/**
 * Returns a verifier for tests, which knows these keys and asks nobody.
 *
 *     const verify = fakeVerifier({ 'a key': { scopes: ['orders:read'] } });
 */
export function fakeVerifier(keys: Record<string, FakeKey>): Verifier {
  const known = new Map(Object.entries(keys).map(([text, key], index) => [text, toKnownKey(key, index)]));
  const verify = (presented: string, requirements = NONE): Promise<Verification> => {
    const mistake = findMistake(requirements);
    if (mistake !== null) return Promise.reject(mistake);
    const key = known.get(presented);
    if (key === undefined) return Promise.resolve(NOT_FOUND);
    if (keys[presented]?.outcome === 'UNAVAILABLE') return Promise.resolve(UNAVAILABLE);
    return Promise.resolve(resultOf(key, outcomeOf(key, requirements)));
  };
  const close = (): Promise<void> => Promise.resolve();
  return Object.assign(verify, { close, [Symbol.asyncDispose]: close });
}

/** As the server writes ids. */
const uuid = (number: number): string => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;

function toKnownKey({ allowedIps, outcome, ...key }: FakeKey, index: number): KnownKey {
  const accepted: Verification = {
    ...NOT_FOUND,
    keyId: uuid(index + 1),
    merchantId: uuid(0),
    clientId: '00000000',
    environment: 'test',
    level: 1,
    ...key,
    valid: true,
    outcome: 'VALID',
  };
  return {
    accepted: toVerification(accepted),
    allowedIps: allowedIps === undefined ? null : new AddressList(allowedIps),
    refusedAs: outcome === undefined || outcome === 'VALID' || outcome === 'UNAVAILABLE' ? null : outcome,
  };
}
