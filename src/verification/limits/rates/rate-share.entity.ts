import { Column, Entity, PrimaryColumn } from 'typeorm';
import { BIGINT } from '../../../platform/database/bigint.js';

/**
 * The share of a rate limit that an instance may use, while shares aren't equal. A limit without rows is shared equally. An instance without a
 * row, where others have one, has its equal share.
 */
@Entity()
export class RateShare {
  /** The subject of the limit: the id of a key, or that of limits that keys share. */
  @PrimaryColumn({ name: 'key_id', type: 'varchar', length: 36 })
  subjectId: string;

  /** The length of the window. A subject may have several limits, each of another window. */
  @PrimaryColumn({ ...BIGINT, name: 'window_ms' })
  windowMs: number;

  /** The id of the instance's lease; empty in the row that a transaction locks to change the shares of the limit. */
  @PrimaryColumn({ type: 'varchar', length: 36 })
  instance: string;

  @Column(BIGINT)
  share: number;

  /** The limit that `share` is a part of. After a change of the limit, shares keep their proportions. */
  @Column({ ...BIGINT, name: 'of_limit' })
  ofLimit: number;

  /** 1 if the instance has refused requests that the whole limit might have allowed. */
  @Column({ name: 'is_short', type: 'int' })
  short: number;

  /**
   * When the use of an instance that has stopped has left the window, in milliseconds since 1970 by the database's clock; 0 while it is running.
   * In the row that is locked, the number of changes.
   */
  @Column({ ...BIGINT, name: 'free_at' })
  freeAt: number;
}
