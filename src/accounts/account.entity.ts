import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryGeneratedColumn, type Relation } from 'typeorm';
import { ROLES, type Role } from '../access/levels.js';
import { Merchant } from './merchant.entity.js';

/** The status of an account; only an active account may do anything. */
export const STATUS = { active: 1, notYet: 0, disabled: -1, blocked: -2 } as const;

export type AccountStatus = (typeof STATUS)[keyof typeof STATUS];

/** A person or a machine that logs in, on any surface. */
@Entity()
export class Account {
  /** The id on the accounts surface. */
  @PrimaryGeneratedColumn()
  id: number;

  /** The id on the other surfaces. */
  @Index('account_uuid', { unique: true })
  @Column({ type: 'varchar', length: 36 })
  uuid: string;

  @Index('account_merchant')
  @Column({ name: 'merchant_id', type: 'varchar', length: 36 })
  merchantId: string;

  @ManyToOne(() => Merchant, { createForeignKeyConstraints: false })
  @JoinColumn({ name: 'merchant_id' })
  merchant?: Relation<Merchant>;

  @Column({ type: 'varchar', length: 254 })
  username: string;

  /** The username in lower case, which is unique; `null` if the address is the username, and once the account is deleted. */
  @Index('account_username', { unique: true })
  @Column({ name: 'username_key', type: 'varchar', length: 320, nullable: true })
  usernameKey: string | null;

  @Column({ type: 'varchar', length: 254 })
  email: string;

  /**
   * The address in lower case, by which the account logs in and which is unique. `null` before the account is active, once another account has
   * proven that the address is its own, and once the account is deleted.
   */
  @Index('account_email', { unique: true })
  @Column({ name: 'email_key', type: 'varchar', length: 320, nullable: true })
  emailKey: string | null;

  /** When a link that went to the address by mail was followed; `null` if the address is not proven. An unproven address reserves nothing. */
  @Column({ name: 'email_verified_at', type: 'datetime', precision: 3, nullable: true })
  emailVerifiedAt: Date | null;

  /** Argon2id; `null` until there is a password, and once the account is deleted. */
  @Column({ name: 'password_hash', type: 'varchar', length: 200, nullable: true })
  passwordHash: string | null;

  /** Whether it was created by a sign-in with the OpenID provider, and so can have no password. */
  @Column({ name: 'is_external', type: 'boolean', default: false })
  isExternal: boolean;
  /** Since when it has a second factor; `null` if it has none. A password alone then opens no session. */
  @Column({ name: 'second_factor_at', type: 'datetime', precision: 3, nullable: true })
  secondFactorAt: Date | null;

  /** The role, which determines the level. */
  @Column({ type: 'varchar', length: 20 })
  role: Role;

  /** 1 active, 0 not yet, -1 disabled, -2 blocked by support. */
  @Column({ type: 'int' })
  status: AccountStatus;

  /** The version of the terms that the person agreed to; 0 means that consent was withdrawn. */
  @Column({ type: 'int' })
  consent: number;

  /** Two letters (ISO 639-1). */
  @Column({ type: 'varchar', length: 2 })
  language: string;

  @Column({ name: 'first_name', type: 'varchar', length: 100, nullable: true })
  firstName: string | null;

  @Column({ name: 'last_name', type: 'varchar', length: 100, nullable: true })
  lastName: string | null;

  @Column({ name: 'created_at', type: 'datetime', precision: 3 })
  createdAt: Date;

  @Column({ name: 'updated_at', type: 'datetime', precision: 3 })
  updatedAt: Date;

  @Column({ name: 'last_login_at', type: 'datetime', precision: 3, nullable: true })
  lastLoginAt: Date | null;

  /** A deleted account keeps its row, without name, address and password, because keys and audit records refer to it. */
  @Column({ name: 'deleted_at', type: 'datetime', precision: 3, nullable: true })
  deletedAt: Date | null;

  get level(): number {
    return ROLES[this.role];
  }

  /** The highest level of its personal keys; `null`, for none at all, unless the account is active and has consented. */
  get maxKeyLevel(): number | null {
    return this.status === STATUS.active && this.consent >= 1 && this.deletedAt === null ? this.level : null;
  }
}
