import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { ExposureSource } from '../api-keys/api-key.entity.js';

/** What may be a key and was found somewhere, until it has been looked at; a moment later the row is gone. */
@Entity()
@Index('exposure_report_time', ['createdAt', 'id'])
export class ExposureReport {
  @PrimaryColumn({ type: 'varchar', length: 36 })
  id: string;

  /** What was found, under AES-256-GCM. */
  @Column({ name: 'sealed_key', type: 'varchar', length: 1000 })
  sealedKey: string;

  @Column({ type: 'varchar', length: 10 })
  source: ExposureSource;

  /** Where it was found, in the finder's words, without any secret. */
  @Column({ type: 'varchar', length: 300, nullable: true })
  place: string | null;

  /** Of whoever reported it, or sent it. */
  @Column({ type: 'varchar', length: 45, nullable: true })
  address: string | null;

  @Column({ name: 'user_agent', type: 'varchar', length: 200, nullable: true })
  userAgent: string | null;

  @Column({ name: 'request_id', type: 'varchar', length: 36, nullable: true })
  requestId: string | null;

  @Column({ name: 'created_at', type: 'datetime', precision: 3 })
  createdAt: Date;
}
