import { isIP } from 'node:net';
import type { Requirements } from '../verification.js';

const MAX_LEVEL = 8;
const MAX_SCOPES = 50;
const MAX_COST = 1_000_000;
const MAX_USER_AGENT = 1000;
const SCOPE = /^[\x21-\x7e]{1,100}$/;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** What nothing is required of. */
export const NONE: Requirements = Object.freeze({});

/**
 * Checks requirements before anything is decided by them: a misspelt or impossible one must never let a request in. Returns the error if a name is
 * unknown, or a value is not one that the server would take.
 */
export function findMistake(requirements: Requirements): TypeError | null {
  for (const name in requirements) {
    const value = requirements[name as keyof Requirements];
    if (value !== undefined && !isPossible(name as keyof Requirements, value))
      return new TypeError(`${name} is not a requirement, or its value is not possible.`);
  }
  return null;
}

function isPossible(name: keyof Requirements, value: unknown): boolean {
  switch (name) {
    case 'level':
      return isInteger(value, MAX_LEVEL);
    case 'cost':
      return isInteger(value, MAX_COST);
    case 'scopes':
      return Array.isArray(value) && value.length <= MAX_SCOPES && value.every(isScope);
    case 'applicationId':
      return typeof value === 'string' && UUID.test(value);
    case 'ip':
    case 'userAgent':
      return typeof value === 'string';
    default:
      return false;
  }
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
