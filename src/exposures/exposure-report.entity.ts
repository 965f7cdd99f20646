import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { ExposureSource } from '../api-keys/api-key.entity.js';

/** A text that may be an exposed key. The row is deleted as soon as the text has been processed. */
@Entity()
@Index('exposure_report_time', ['createdAt', 'id'])
export class ExposureReport {
  @PrimaryColumn({ type: 'varchar', length: 36 })
  id: string;

  /** The text, encrypted with AES-256-GCM. */
  @Column({ name: 'sealed_key', type: 'varchar', length: 1000 })
  sealedKey: string;

  @Column({ type: 'varchar', length: 10 })
  source: ExposureSource;

  /** Where the text was found, in the reporter's words, without any secret. */
  @Column({ type: 'varchar', length: 300, nullable: true })
  place: string | null;

  /** The origin of the report, or of the request that exposed the key. */
  @Column({ type: 'varchar', length: 45, nullable: true })
  address: string | null;

  @Column({ name: 'user_agent', type: 'varchar', length: 200, nullable: true })
  userAgent: string | null;

  @Column({ name: 'request_id', type: 'varchar', length: 36, nullable: true })
  requestId: string | null;

  @Column({ name: 'created_at', type: 'datetime', precision: 3 })
  createdAt: Date;
}
