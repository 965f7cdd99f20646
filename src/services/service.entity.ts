import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A client's permission to create API keys for a limited time. A Service ID names it. */
@Entity()
export class Service {
  @PrimaryColumn({ type: 'varchar', length: 36 })
  id: string;

  @Column({ name: 'merchant_id', type: 'varchar', length: 36 })
  merchantId: string;

  /** The account that requested the service. */
  @Column({ name: 'account_id', type: 'int' })
  accountId: number;

  @Column({ name: 'created_at', type: 'datetime', precision: 3 })
  createdAt: Date;

  @Index('service_expiry')
  @Column({ name: 'expires_at', type: 'datetime', precision: 3 })
  expiresAt: Date;
}
