export { verifier, type Verifier, type VerifierOptions } from './verifier.js';
export { VerifierError, VerifierUnavailableError } from './errors.js';
export { VERSION } from './version.js';
export type { Clock } from './clock.js';
export type { Outcome, QuotaState, RateLimitState, Requirements, Verification } from './verification.js';
