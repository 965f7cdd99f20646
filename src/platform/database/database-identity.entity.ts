import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Which database this is, whatever server or file holds it. Backups and revocation journals name it. Its only row has the id 1. */
@Entity()
export class DatabaseIdentity {
  @PrimaryColumn({ type: 'int' })
  id: number;

  /** Chosen at random when the table is created. */
  @Column({ type: 'varchar', length: 36 })
  uuid: string;

  /**
   * The revision of the backup that was restored, while revocation journals are being applied to the database; `null` otherwise. An interrupted
   * application is repeated from there.
   */
  @Column({
    name: 'restored_revision',
    type: 'bigint',
    nullable: true,
    transformer: {
      from: (value: string | number | null): number | null => (value === null ? null : Number(value)),
      to: (value: number | null): number | null => value,
    },
  })
  restoredRevision: number | null;
}
