import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { LessThan, type Repository } from 'typeorm';
import type { Actor } from '../../platform/events/actor.js';
import { Clock } from '../../platform/runtime/clock.js';
import { WriteBehindBuffer } from '../../platform/runtime/write-behind-buffer.js';
import { LoginSession } from './login-session.entity.js';

/** The time after which a session that is used is written again. */
const RESOLUTION_MS = 60_000;

const FLUSH_EVERY_MS = 10_000;

/** Records when and from where sessions were last used, to the minute, without a statement per request. */
@Injectable()
export class LastSeen extends WriteBehindBuffer {
  private seen = new Map<string, Pick<LoginSession, 'address' | 'lastSeenAt'>>();

  constructor(
    @InjectRepository(LoginSession) private readonly sessions: Repository<LoginSession>,
    private readonly clock: Clock,
  ) {
    super(FLUSH_EVERY_MS, 'Uses of sessions');
  }

  note(session: Pick<LoginSession, 'id' | 'address' | 'lastSeenAt'>, { address }: Pick<Actor, 'address'>): void {
    const now = this.clock.now();
    const isFresh = now.getTime() - session.lastSeenAt.getTime() < RESOLUTION_MS;
    if (!isFresh || session.address !== address) this.seen.set(session.id, { address, lastSeenAt: now });
  }

  async flush(): Promise<void> {
    const seen = this.seen;
    this.seen = new Map();
    for (const [id, use] of seen) {
      seen.delete(id);
      try {
        await this.sessions.update({ id, lastSeenAt: LessThan(use.lastSeenAt) }, use);
      } catch (error) {
        this.seen = new Map([[id, use], ...seen, ...this.seen]);
        throw error;
      }
    }
  }
}
