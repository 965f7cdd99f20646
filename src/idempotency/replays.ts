import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Caller } from '../access/caller.js';
import { DomainError } from '../platform/events/domain-error.js';
import { identify, type IdentifiedRequest } from './identified-request.js';
import { IdempotencyService } from './idempotency.service.js';

export interface ExcusableRequest extends FastifyRequest {
  user: Caller;
  /** What a guard missed and was excused for: the request is answered from its record, or not at all. */
  missing?: DomainError;
}

/** For guards that find what a request is about: it may be gone since the request was carried out, which is answered all the same. */
@Injectable()
export class Replays {
  constructor(private readonly idempotency: IdempotencyService) {}

  /** @throws what `find` throws, unless the thing is missing and the request was carried out before */
  async findOrExcuse(request: ExcusableRequest, find: () => Promise<void>): Promise<void> {
    try {
      await find();
    } catch (error) {
      const isMissing = error instanceof DomainError && error.status === 404;
      const identified = isMissing ? identifiedOrNull(request) : null;
      if (!isMissing || !identified || !(await this.idempotency.isAnswered(identified))) throw error;
      request.missing = error;
    }
  }
}

/** A header that says nothing is told of later, to those who may be told. */
function identifiedOrNull(request: ExcusableRequest): IdentifiedRequest | null {
  try {
    return identify(request);
  } catch {
    return null;
  }
}
