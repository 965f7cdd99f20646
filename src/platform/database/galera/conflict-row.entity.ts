import { Column, Entity, PrimaryColumn } from 'typeorm';
import { BIGINT } from '../bigint.js';

/**
 * A materialised conflict: on a Galera cluster, where a row lock is not visible to other nodes, transactions that must exclude each other write
 * the same one of these rows, so that only the first of them commits.
 */
@Entity('row_latch')
export class ConflictRow {
  @PrimaryColumn({ type: 'int' })
  id: number;

  @Column(BIGINT)
  uses: number;
}
