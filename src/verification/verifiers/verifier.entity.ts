import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { BIGINT } from '../../platform/database/bigint.js';

/** A verifier: a process of a merchant's that verifies the merchant's keys itself, as long as an instance keeps telling it what has changed. */
@Entity()
export class Verifier {
  @PrimaryColumn({ type: 'varchar', length: 36 })
  id: string;

  @Index('verifier_merchant')
  @Column({ name: 'merchant_id', type: 'varchar', length: 36 })
  merchantId: string;

  /** The key by which it was attached. */
  @Column({ name: 'key_id', type: 'varchar', length: 36 })
  keyId: string;

  @Column({ type: 'varchar', length: 100, nullable: true })
  name: string | null;

  /** The instance that tells it of changes; `null` if none does. */
  @Column({ name: 'instance_id', type: 'varchar', length: 36, nullable: true })
  instanceId: string | null;

  /** The latest revision that it has acknowledged to an instance other than the one that told it. */
  @Column({ ...BIGINT, name: 'acknowledged_revision' })
  acknowledgedRevision: number;

  /** The uses of keys that it has reported. */
  @Column({ ...BIGINT, name: 'reported_uses' })
  reportedUses: number;

  /** In milliseconds since 1970, by the database's clock, like the other times. */
  @Column({ ...BIGINT, name: 'attached_at_ms' })
  attachedAtMs: number;

  /** When an instance last began or ceased to tell it of changes. */
  @Column({ ...BIGINT, name: 'seen_at_ms' })
  seenAtMs: number;

  @Column({ ...BIGINT, name: 'reported_at_ms', nullable: true })
  reportedAtMs: number | null;
}
