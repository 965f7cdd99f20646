import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A merchant or a person whose traces in the audit trails have yet to be erased. */
@Entity()
export class Erasure {
  @PrimaryColumn({ type: 'varchar', length: 36 })
  id: string;

  /** The merchant, of whose trail all personal data is erased; `null` for a person. */
  @Column({ name: 'merchant_id', type: 'varchar', length: 36, nullable: true })
  merchantId: string | null;

  /** The integer id of the person's account; `null` for a merchant. */
  @Column({ name: 'account_id', type: 'int', nullable: true })
  accountId: number | null;

  /** The uuid of the person's account; `null` for a merchant. */
  @Column({ name: 'member_id', type: 'varchar', length: 36, nullable: true })
  memberId: string | null;

  /** The person's e-mail address and username, in lower case. */
  @Column({ type: 'simple-json' })
  names: string[];
}
