import { Catch, HttpException, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DomainError, type ErrorCode, type FieldProblem, type Known } from '../events/domain-error.js';
import { LogEntry } from '../observability/logs/log-entry.js';
import { DeniedRequests } from './denied-requests.js';
import { isUnavailable } from '../database/engine-errors.js';
import { describeUnknownName } from './input/unknown-names.js';
import { answerFailure } from './surfaces/answers.js';
import { NOTHING } from '../events/invalidation.js';

const BY_STATUS: Record<number, ErrorCode> = {
  400: 'request.malformed',
  404: 'route.not_found',
  405: 'route.not_found',
  413: 'request.too_large',
  415: 'request.unsupported_media_type',
};

const logger = new Logger('Keywright');

/** Answers every error in the envelope of its surface, and records refusals of authenticated callers. */
@Catch()
export class SurfaceFilter implements ExceptionFilter {
  constructor(private readonly deniedRequests: DeniedRequests) {}

  async catch(thrown: unknown, host: ArgumentsHost): Promise<void> {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest & { user?: Known }>();
    const error = asDomainError(thrown);
    const known = error.context.known ?? request.user;
    if (known && (error.status === 401 || error.status === 403)) this.recordDenial(known, error, request);
    await answerThrown(thrown, request, http.getResponse<FastifyReply>());
  }

  private recordDenial(known: Known, { code }: DomainError, { method, routeOptions }: FastifyRequest): void {
    const { kind, accountId, keyId, address, userAgent, requestId, merchantId } = known;
    this.deniedRequests.record(`access ${merchantId}`, {
      name: 'access.refused',
      actor: { kind, accountId, keyId, address, userAgent, requestId },
      merchantId,
      targetType: 'merchant',
      targetId: merchantId,
      details: { method, route: routeOptions.url ?? '', reason: code },
      invalidates: NOTHING,
    });
  }
}

/** Answers an error on a route that bypasses Nest. */
export async function answerThrown(thrown: unknown, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const error = asDomainError(thrown);
  if (error.code === 'internal') logFailure(thrown, request);
  await answerFailure(error, request, reply);
}

/** Logs an error that is the server's fault. */
export function logFailure(thrown: unknown, { method, id: requestId, routeOptions }: FastifyRequest): void {
  const cause = thrown instanceof Error ? thrown : new Error(String(thrown));
  const route = routeOptions.url ?? 'none';
  logger.error(
    new LogEntry(`${method} ${route}: ${cause.message}`, { requestId, method, route }, withoutValues(cause)),
  );
}

/** Converts an error. Refusals by Nest and Fastify have a status; every other error is internal. */
export function asDomainError(thrown: unknown): DomainError {
  if (thrown instanceof DomainError) return thrown;
  if (isUnavailable(thrown)) return new DomainError('unavailable', { retryAfterSeconds: 1 });
  if (isSchemaError(thrown)) return new DomainError('request.invalid', { fields: thrown.validation.map(fieldProblem) });
  const status =
    thrown instanceof HttpException ? thrown.getStatus() : (thrown as { statusCode?: number } | null)?.statusCode;
  return new DomainError(BY_STATUS[status ?? 500] ?? 'internal');
}

/** The message and the stack, without the parameters of a failed query, which can hold secrets. */
function withoutValues(error: Error): string {
  return error.stack ?? error.message;
}

/** The error of a request that doesn't match its JSON Schema. */
interface SchemaError {
  validation: {
    instancePath: string;
    params: Record<string, unknown>;
    message?: string;
    parentSchema?: { properties?: object };
  }[];
}

const isSchemaError = (thrown: unknown): thrown is SchemaError =>
  Array.isArray((thrown as Partial<SchemaError> | null)?.validation);

function fieldProblem(problem: SchemaError['validation'][number]): FieldProblem {
  const { instancePath, params, message = 'is wrong', parentSchema } = problem;
  if (typeof params.additionalProperty === 'string')
    return describeUnknownName({
      parent: `${instancePath}/`.slice(1).replaceAll('/', '.'),
      name: params.additionalProperty,
      known: Object.keys(parentSchema?.properties ?? {}),
    });
  const missing = typeof params.missingProperty === 'string' ? `/${params.missingProperty}` : '';
  const field = (instancePath + missing).slice(1).replaceAll('/', '.');
  return { field, message: missing ? `${field} is required` : `${field} ${message}` };
}
