import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The use of one of a key's scopes: a valid verification required what the scope grants. */
@Entity()
export class ScopeUse {
  @PrimaryColumn({ name: 'key_id', type: 'varchar', length: 36 })
  keyId: string;

  /** The scope as the key has it, which may be one like `payments:*`. */
  @PrimaryColumn({ type: 'varchar', length: 100 })
  scope: string;

  /** The time of the last use. Each instance records one use a day, so that the last use can be up to a day later. */
  @Column({ name: 'used_at', type: 'datetime', precision: 3 })
  usedAt: Date;
}
