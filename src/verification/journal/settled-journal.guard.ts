import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { RevocationJournal } from './revocation-journal.js';

/** Requests that change nothing. */
const READING = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Lets no change begin while earlier revocations wait to be written to the journal. A revocation that was committed and then answered with 503 is
 * repeated by its caller; the repetition finds nothing left to revoke, and must not be answered before the line of the first one is on the disk.
 */
@Injectable()
export class SettledJournalGuard implements CanActivate {
  constructor(private readonly journal: RevocationJournal) {}

  /** @throws {DomainError} `unavailable` when the lines are not on the disk in time */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const { method } = context.switchToHttp().getRequest<FastifyRequest>();
    if (!READING.has(method)) await this.journal.settle();
    return true;
  }
}
