import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Where a key was last used from. Only keys that have been used since this is recorded have a row. */
@Entity()
export class LastSource {
  @PrimaryColumn({ name: 'key_id', type: 'varchar', length: 36 })
  keyId: string;

  /** The time of the use. Uses from the same source are recorded once a minute, so that the key's last use can be later. */
  @Column({ name: 'used_at', type: 'datetime', precision: 3 })
  usedAt: Date;

  /** The network of the address; `null` if the address isn't known. */
  @Column({ type: 'varchar', length: 43, nullable: true })
  network: string | null;

  /** The name of the program; `null` if it isn't known. */
  @Column({ type: 'varchar', length: 40, nullable: true })
  agent: string | null;
}
