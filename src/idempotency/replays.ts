import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Caller } from '../access/caller.js';
import { DomainError } from '../platform/events/domain-error.js';
import { identify, type IdentifiedRequest } from './identified-request.js';
import { IdempotencyService } from './idempotency.service.js';

export interface ExcusableRequest extends FastifyRequest {
  user: Caller;
  /** The error of a guard that found no resource and was excused. The request is answered from its record, or else with this error. */
  missing?: DomainError;
}

/**
 * For guards that look up the resource of a request. A repetition is answered even if the resource has been deleted since the first time.
 */
@Injectable()
export class Replays {
  constructor(private readonly idempotency: IdempotencyService) {}

  /** @throws the error of `find`, unless it says that the resource is missing and the request was carried out before */
  async findOrExcuse(request: ExcusableRequest, find: () => Promise<void>): Promise<void> {
    try {
      await find();
    } catch (error) {
      const isMissing = error instanceof DomainError && error.status === 404;
      const identified = isMissing ? tryIdentify(request) : null;
      if (!isMissing || !identified || !(await this.idempotency.isAnswered(identified))) throw error;
      request.missing = error;
    }
  }
}

/** Identifies a request, but ignores a malformed header. It is reported later, to callers with access to the resource. */
function tryIdentify(request: ExcusableRequest): IdentifiedRequest | null {
  try {
    return identify(request);
  } catch {
    return null;
  }
}
