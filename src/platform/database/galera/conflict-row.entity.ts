import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What is written on a Galera cluster where elsewhere it is enough to lock a row, so that other nodes notice. */
@Entity('row_latch')
export class ConflictRow {
  @PrimaryColumn({ type: 'int' })
  id: number;

  @Column({ type: 'bigint', transformer: { from: Number, to: (value: number) => value } })
  uses: number;
}
