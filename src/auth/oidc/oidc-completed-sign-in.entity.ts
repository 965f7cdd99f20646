import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A sign-in with an OpenID provider that has been completed, and cannot be completed again on any instance. */
@Entity()
export class OidcCompletedSignIn {
  /** SHA-256 of the `state` parameter, in hex. */
  @PrimaryColumn({ type: 'varchar', length: 64 })
  id: string;

  /** The time at which the sign-in would have expired. */
  @Index('oidc_completed_sign_in_expiry')
  @Column({ name: 'expires_at', type: 'datetime', precision: 3 })
  expiresAt: Date;
}
