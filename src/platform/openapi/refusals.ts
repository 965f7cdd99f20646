import { DomainError } from '../events/domain-error.js';
import { ERROR_CATALOGUE } from '../events/error-catalogue.js';
import { describeUnknownName } from '../http/input/unknown-names.js';
import type { AuthScheme, Requirement } from '../http/requirement.js';
import type { Refusal } from '../http/route-facts.js';
import type { MessagesByCode } from '../http/surfaces/answers.js';
import type { Surface } from '../http/surfaces/surface.js';
import { failureHeaders } from './headers.js';
import type { Schema } from './passes/schema.js';
import { ERRORS } from './schemas.js';

/** An example of an error response, exactly as the server sends it. */
export interface Example {
  summary: string;
  value: unknown;
}

/** An error response, as OpenAPI describes it. */
export interface RefusalAnswer {
  description: string;
  headers: Record<string, unknown>;
  content: Record<string, { schema: Schema; examples?: Record<string, Example | { $ref: string }> }>;
}

/** What a request with an unknown name is answered with, on surfaces that refuse these. */
const UNKNOWN_NAME = new DomainError('request.invalid', {
  fields: [describeUnknownName({ parent: '', name: 'dryrun', known: ['dryRun'] })],
});

/** A route at one of its paths. */
export interface RouteAtPath {
  method: string;
  surface: Surface;
  requirement: Requirement;
  scheme: AuthScheme | null;
  takesUnknownNames?: boolean;
}

/** Returns the errors that follow from what a route requires and takes. */
export function generalRefusals({ method, surface, requirement, scheme, takesUnknownNames }: RouteAtPath): Refusal[] {
  const { level, limit, merchantKeys, withoutConsent, withoutSecondFactor } = requirement;
  const hasCaller = level !== null;
  const isPerson = hasCaller && scheme === 'loginToken';
  const rules: [applies: boolean, ...Refusal[]][] = [
    [true, 'request.malformed'],
    [surface.unknownNames === 'refused' && !takesUnknownNames, UNKNOWN_NAME],
    [method !== 'get', 'request.timeout', 'request.too_large', 'request.unsupported_media_type'],
    [hasCaller, 'credential.invalid', 'unavailable'],
    [isPerson, 'credential.expired', 'access.account_inactive'],
    [hasCaller && (level > 0 || (!isPerson && !merchantKeys)), 'access.level_lacking'],
    [isPerson && !withoutConsent, 'access.consent_lacking'],
    [isPerson && !withoutSecondFactor, 'access.second_factor_lacking'],
    [hasCaller && surface.name === 'clients', new DomainError('request.rate_limited', { limitPerMinute: 100 })],
    [limit === 'requests' || limit === 'reports', 'request.rate_limited'],
    [true, 'internal'],
  ];
  return rules.flatMap(([applies, ...refusals]) => (applies ? refusals : []));
}

/** Describes error responses, and collects the examples that several of them share. */
export class Refusals {
  readonly examples: Record<string, Example> = {};

  /**
   * Describes the error responses of a route, by status.
   *
   * @param refusals the errors of the route; a later one replaces an earlier one with the same code
   * @param own the route's own messages
   */
  describe(refusals: Refusal[], surface: Surface, own: MessagesByCode): Map<number, RefusalAnswer> {
    const errors = new Map(
      refusals
        .map((refusal) => (typeof refusal === 'string' ? new DomainError(refusal) : refusal))
        .map((error) => [error.code, error]),
    );
    const byStatus = new Map<number, DomainError[]>();
    for (const error of errors.values()) {
      const status = own[error.code]?.status ?? error.status;
      byStatus.set(status, [...(byStatus.get(status) ?? []), error]);
    }
    return new Map([...byStatus].map(([status, some]) => [status, this.answer(some, status, surface, own)]));
  }

  private answer(errors: DomainError[], status: number, surface: Surface, own: MessagesByCode): RefusalAnswer {
    const lines = errors.map(({ code }) => `- \`${code}\`: ${ERROR_CATALOGUE[code].meaning}`);
    const [first] = errors;
    return {
      description: first && errors.length === 1 ? ERROR_CATALOGUE[first.code].meaning : lines.join('\n'),
      headers: failureHeaders(
        status,
        errors.map(({ code }) => code),
      ),
      content: {
        'application/json': {
          schema: { $ref: `#/components/schemas/${ERRORS[surface.name].name}` },
          examples: Object.fromEntries(
            errors.map((error) => [error.code, this.example(error, status, surface, own[error.code]?.message)]),
          ),
        },
      },
    };
  }

  private example(
    error: DomainError,
    status: number,
    surface: Surface,
    message: string | undefined,
  ): Example | { $ref: string } {
    const example = {
      summary: ERROR_CATALOGUE[error.code].meaning,
      value: surface.failure({ status, error, message }),
    };
    if (message !== undefined || error.context.fields) return example;
    const name = `${surface.name}.${error.code}`;
    this.examples[name] = example;
    return { $ref: `#/components/examples/${name}` };
  }
}
