import type { Config } from '../../config/config.js';
import type { DomainError } from '../../events/domain-error.js';

/** What an answer looks like before it has its envelope. */
export interface Success {
  status: number;
  data: unknown;
  /** The route's sentence, where the surface shows one. */
  message: string;
}

/** What a refusal looks like before it has its envelope. */
export interface Failure {
  status: number;
  error: DomainError;
  /** The route's own words for this error, where it has some. */
  message?: string;
}

/** A set of paths with its own envelope. Nothing else knows what an envelope looks like. */
export interface Surface {
  name: 'clients' | 'merchants' | 'accounts' | 'oauth';
  /** What happens to names in a query or a body that a route does not know. */
  unknownNames: 'refused' | 'ignored';
  success(success: Success, config: Config): unknown;
  failure(failure: Failure): unknown;
}
