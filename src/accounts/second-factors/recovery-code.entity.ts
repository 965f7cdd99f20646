import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A code that replaces a second factor once. */
@Entity()
export class RecoveryCode {
  @PrimaryColumn({ type: 'varchar', length: 36 })
  id: string;

  @Index('recovery_code_account')
  @Column({ name: 'account_id', type: 'int' })
  accountId: number;

  /** SHA-256 of the code, in hex; the code itself has 125 random bits and is not stored. */
  @Column({ name: 'code_hash', type: 'varchar', length: 64 })
  codeHash: string;

  @Column({ name: 'used_at', type: 'datetime', precision: 3, nullable: true })
  usedAt: Date | null;
}
