import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { BIGINT } from '../../platform/database/bigint.js';

/** How far the verifiers of one merchant that are attached to one instance have followed the merchant's changes. */
@Entity()
export class InstanceVerifiers {
  @PrimaryColumn({ name: 'instance_id', type: 'varchar', length: 36 })
  instanceId: string;

  @Index('instance_verifiers_merchant')
  @PrimaryColumn({ name: 'merchant_id', type: 'varchar', length: 36 })
  merchantId: string;

  /** The revision of the merchant's latest change that no attached verifier relies on the opposite of any more. */
  @Column({ ...BIGINT, name: 'applied_revision' })
  appliedRevision: number;
}
