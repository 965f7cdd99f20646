import { createHash } from 'node:crypto';
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A person at an OpenID provider, who signs in to an account. */
@Entity()
export class OidcIdentity {
  /** SHA-256 of issuer and subject, in hex: an engine's index may be too short for both, or take upper and lower case for the same. */
  @PrimaryColumn({ type: 'varchar', length: 64 })
  id: string;

  /** The `iss` claim of the ID token. */
  @Column({ type: 'varchar', length: 255 })
  issuer: string;

  /** The `sub` claim of the ID token: the person's id at the issuer, which is never given to anybody else. */
  @Column({ type: 'varchar', length: 255 })
  subject: string;

  @Index('oidc_identity_account')
  @Column({ name: 'account_id', type: 'int' })
  accountId: number;

  @Column({ name: 'created_at', type: 'datetime', precision: 3 })
  createdAt: Date;
}

/** Computes the id of an identity. */
export const computeIdentityId = (issuer: string, subject: string): string =>
  createHash('sha256')
    .update(JSON.stringify([issuer, subject]))
    .digest('hex');
