import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import { databaseTimeMs } from '../../platform/database/engine-sql.js';
import { KeyRevision } from '../key-change.entity.js';
import { Instance } from './instance.entity.js';
import { Lease, LEASE_MS } from './lease.js';

/** An instance, as its row says. */
export interface InstanceState {
  id: string;
  /** `null` for a version before 0.2.0. */
  version: string | null;
  /** Whether it is this process. */
  isOwn: boolean;
  holdsLease: boolean;
  renewedAt: Date;
  leaseUntil: Date;
  /** The number of changes of keys that it has not applied yet. */
  unapplied: number;
}

/** All instances that share the database, by what each has written about itself. */
@Injectable()
export class Instances {
  constructor(
    @InjectRepository(Instance) private readonly instances: Repository<Instance>,
    @InjectRepository(KeyRevision) private readonly revisions: Repository<KeyRevision>,
    private readonly lease: Lease,
  ) {}

  /**
   * Lists the instances, those with the latest leases first. One that has ended without giving its lease up, or that hangs, is listed until its row
   * is cleaned up.
   */
  async list(): Promise<InstanceState[]> {
    // Read first: what an instance applies meanwhile must not look like more than there is.
    const { value: latest } = await this.revisions.findOneByOrFail({ id: 1 });
    const [clock] = await this.instances.query<{ now: number | string }[]>(
      `SELECT ${databaseTimeMs(this.instances)} AS now`,
    );
    const rows = await this.instances.find({ order: { leaseUntil: 'DESC', id: 'ASC' } });
    return rows.map(({ id, version, leaseUntil, appliedRevision }) => ({
      id,
      version,
      isOwn: id === this.lease.instanceId,
      holdsLease: leaseUntil > Number(clock?.now),
      renewedAt: new Date(leaseUntil - LEASE_MS),
      leaseUntil: new Date(leaseUntil),
      unapplied: Math.max(0, latest - appliedRevision),
    }));
  }
}
