import { hkdfSync } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { EncryptJWT, errors, jwtDecrypt } from 'jose';
import { Config } from '../../platform/config/config.js';
import { DomainError } from '../../platform/events/domain-error.js';
import { readCookie } from '../../platform/http/cookies.js';
import { Clock } from '../../platform/runtime/clock.js';
import { OIDC_SETTINGS, type OidcSettings } from './oidc-settings.js';

/** The time that a person has to sign in at the provider. */
export const SIGN_IN_SECONDS = 600;

const AUDIENCE = 'keywright/oidc';

/** What a sign-in under way is recognised by when the browser comes back from the provider. */
export interface PendingSignIn {
  state: string;
  nonce: string;
  /** The PKCE code verifier (RFC 7636). */
  verifier: string;
  /** Whether the console has begun the sign-in, and completes it. */
  isForConsole: boolean;
}

/**
 * The cookie that binds a sign-in to the browser that has begun it. It holds everything, encrypted, so that the sign-in can be completed on any
 * instance with the same `JWT_SECRET`, and beginning one costs no memory.
 */
@Injectable()
export class SignInCookie {
  private readonly keys: Uint8Array[];
  private readonly name: string;
  private readonly attributes: string;

  constructor(
    private readonly clock: Clock,
    { JWT_SECRET }: Config,
    @Inject(OIDC_SETTINGS) settings: OidcSettings | null,
  ) {
    this.keys = JWT_SECRET.map(deriveKey);
    const isSecure = settings?.redirectUri.protocol === 'https:';
    // A cookie whose name begins so can be set neither over http nor by another host.
    this.name = isSecure ? '__Host-keywright-oidc' : 'keywright-oidc';
    this.attributes = `Path=/; HttpOnly; SameSite=Lax${isSecure ? '; Secure' : ''}`;
  }

  /** Returns the `Set-Cookie` header that begins a sign-in. */
  async issue(pending: PendingSignIn): Promise<string> {
    const token = await new EncryptJWT({ ...pending })
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
      .setAudience(AUDIENCE)
      .setExpirationTime(this.clock.nowInSeconds() + SIGN_IN_SECONDS)
      .encrypt(this.keys[0] ?? new Uint8Array());
    return `${this.name}=${token}; Max-Age=${SIGN_IN_SECONDS}; ${this.attributes}`;
  }

  /** Returns the `Set-Cookie` header that ends a sign-in. */
  clear(): string {
    return `${this.name}=; Max-Age=0; ${this.attributes}`;
  }

  /**
   * Reads the sign-in from a `Cookie` header.
   *
   * @throws {DomainError} `oidc.state_invalid` or `oidc.expired`
   */
  async read(header: string | undefined): Promise<PendingSignIn> {
    const token = readCookie(header, this.name);
    if (token === null) throw new DomainError('oidc.state_invalid');
    for (const key of this.keys) {
      try {
        const { payload } = await jwtDecrypt<PendingSignIn>(token, key, {
          audience: AUDIENCE,
          currentDate: this.clock.now(),
          keyManagementAlgorithms: ['dir'],
          contentEncryptionAlgorithms: ['A256GCM'],
        });
        return payload;
      } catch (error) {
        if (error instanceof errors.JWTExpired) throw new DomainError('oidc.expired');
      }
    }
    throw new DomainError('oidc.state_invalid');
  }
}

const deriveKey = (secret: string): Uint8Array =>
  new Uint8Array(hkdfSync('sha256', secret, '', 'keywright oidc sign-in', 32));
