import { isNetwork } from '../decision/address-list.js';
import { VerifierError } from '../errors.js';
import { OUTCOMES, type Outcome, type Verification } from '../verification.js';

/** What the server sends. Whatever the lease depends on is checked: a malformed message must not be trusted. */

/** The answer to an attachment. */
export interface Attachment {
  id: string;
  importsKeys: boolean;
  revision: number;
}

/** A lease, until `serverTimeMs + validForMs` on the server's clock. */
export interface LeaseMessage {
  revision: number;
  serverTimeMs: number;
  validForMs: number;
}

/** What is to be forgotten: what depends on one of the ids, or everything. */
export interface ForgetMessage {
  revision: number;
  forget: string[];
  everything: boolean;
  importsKeys?: boolean;
}

/** The answer to a poll. */
export interface ChangesMessage extends ForgetMessage {
  heldMs: number;
  validForMs: number;
}

/** Whether and how an answer may be remembered. */
export interface Known {
  credential: string;
  dependsOn: string[];
  expiresInMs: number | null;
  allowedIps: string[] | null;
  refusedAs: Outcome | null;
}

/** The answers to questions. */
export interface Answers {
  revision: number;
  results: (Verification & { known: unknown })[];
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'string');

function check<T>(value: unknown, isComplete: (message: T) => boolean): T {
  if (typeof value === 'object' && value !== null && isComplete(value as T)) return value as T;
  throw new VerifierError('The answer is not one of Keywright. Is there something else at this URL?', {
    code: 'client.unexpected_answer',
  });
}

/** @throws {VerifierError} `client.unexpected_answer`; so do the others */
export const readAttachment = (value: unknown): Attachment =>
  check<Attachment>(value, ({ id, revision }) => typeof id === 'string' && isCount(revision));

export const readServerTime = (value: unknown): number =>
  check<{ serverTimeMs: number }>(value, ({ serverTimeMs }) => Number.isSafeInteger(serverTimeMs)).serverTimeMs;

export const readLease = (value: unknown): LeaseMessage =>
  check<LeaseMessage>(
    value,
    ({ revision, serverTimeMs, validForMs }) =>
      isCount(revision) && Number.isSafeInteger(serverTimeMs) && isCount(validForMs),
  );

const isForget = ({ revision, forget, everything }: ForgetMessage): boolean =>
  isCount(revision) && isTexts(forget) && typeof everything === 'boolean';

export const readForget = (value: unknown): ForgetMessage => check<ForgetMessage>(value, isForget);

export const readChanges = (value: unknown): ChangesMessage =>
  check<ChangesMessage>(
    value,
    (message) => isForget(message) && isCount(message.heldMs) && isCount(message.validForMs),
  );

/** @param count the number of questions */
export const readAnswers = (value: unknown, count: number): Answers =>
  check<Answers>(
    value,
    ({ revision, results }) => isCount(revision) && Array.isArray(results) && results.length === count,
  );

/** Returns how an answer may be remembered; `null` if it may not. One whose end or dependencies are not understood is not. */
export function readKnown(value: unknown): Known | null {
  if (typeof value !== 'object' || value === null) return null;
  const { credential, dependsOn, expiresInMs, allowedIps, refusedAs } = value as Partial<Known>;
  if (typeof credential !== 'string' || !isTexts(dependsOn) || dependsOn.length === 0) return null;
  if (expiresInMs !== null && !Number.isFinite(expiresInMs)) return null;
  if (allowedIps !== null && !isNetworks(allowedIps)) return null;
  if (refusedAs !== null && !isOutcome(refusedAs)) return null;
  return { credential, dependsOn, expiresInMs: expiresInMs ?? null, allowedIps, refusedAs };
}

const isOutcome = (value: unknown): value is Outcome => OUTCOMES.includes(value as Outcome);
const isNetworks = (value: unknown): value is string[] => isTexts(value) && value.every(isNetwork);
