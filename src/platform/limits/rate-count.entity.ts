import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { BIGINT } from '../database/bigint.js';

/** What has been counted against a limit in the current window of one address or name. */
@Entity()
export class RateCount {
  /** SHA-256 of the limit's name and of what is counted, in hex: it holds no address and no name in the clear. */
  @PrimaryColumn({ type: 'varchar', length: 64 })
  id: string;

  @Column({ type: 'int' })
  points: number;

  /** The end of the window, in milliseconds since 1970. A later count begins a new window. */
  @Index('rate_count_expiry')
  @Column({ ...BIGINT, name: 'expires_at' })
  expiresAt: number;
}
