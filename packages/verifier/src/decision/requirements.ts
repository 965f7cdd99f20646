import { isIP } from 'node:net';
import type { Requirements } from '../verification.js';

const MAX_LEVEL = 8;
const MAX_SCOPES = 50;
const MAX_COST = 1_000_000;
const MAX_USER_AGENT = 1000;
const SCOPE = /^[\x21-\x7e]{1,100}$/;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const NAMES = new Set(['level', 'cost', 'scopes', 'applicationId', 'ip', 'userAgent']);

/** What nothing is required of. */
export const NONE: Requirements = Object.freeze({});

/**
 * Checks requirements before anything is decided by them: a misspelt or impossible one must never let a request in. Returns the error if a name is
 * unknown, or a value is not one that the server would take.
 */
export function findMistake(requirements: Requirements): TypeError | null {
  const { level, cost, scopes, applicationId, ip, userAgent } = requirements;
  if (level !== undefined && !isInteger(level, MAX_LEVEL)) return mistake('level');
  if (cost !== undefined && !isInteger(cost, MAX_COST)) return mistake('cost');
  if (scopes !== undefined && scopes !== lastScopes && !areScopes(scopes)) return mistake('scopes');
  if (applicationId !== undefined && !UUID.test(applicationId)) return mistake('applicationId');
  if (ip !== undefined && typeof ip !== 'string') return mistake('ip');
  if (userAgent !== undefined && typeof userAgent !== 'string') return mistake('userAgent');
  for (const name in requirements) if (!NAMES.has(name)) return mistake(name);
  return null;
}

const mistake = (name: string): TypeError =>
  new TypeError(`${name} is not a requirement, or its value is not possible.`);

/** The scopes that were checked last. Most requests require the scopes of a list that was written once. */
let lastScopes: readonly string[] | undefined;

function areScopes(scopes: readonly string[]): boolean {
  if (!Array.isArray(scopes) || scopes.length > MAX_SCOPES || !scopes.every(isScope)) return false;
  lastScopes = scopes;
  return true;
}

const isInteger = (value: unknown, max: number): boolean =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= max;

const isScope = (value: unknown): boolean => typeof value === 'string' && SCOPE.test(value);

/** Returns what is sent and reported of requirements. An address that is none is left out: a key that is bound to addresses is then refused. */
export function readable(requirements: Requirements): Requirements {
  const { ip, userAgent } = requirements;
  return {
    ...requirements,
    ip: readableIp(ip),
    userAgent: userAgent?.slice(0, MAX_USER_AGENT),
  };
}

const readableIp = (ip: string | undefined): string | undefined =>
  ip !== undefined && isIP(ip) !== 0 && !ip.includes('%') ? ip : undefined;
