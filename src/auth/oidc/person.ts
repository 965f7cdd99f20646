import { isEmail } from 'class-validator';
import type { Role } from '../../access/levels.js';
import { DomainError } from '../../platform/events/domain-error.js';
import { EMAIL, isText } from '../../platform/validation/text.js';
import type { Claims } from './oidc-provider.js';
import { toComparable, type OidcSettings } from './oidc-settings.js';

/** The length of an address and a name, as an account has them. */
const EMAIL_LENGTH = 254;
const NAME_LENGTH = 100;

/** The length of an issuer and of a subject (OpenID Connect Core 1.0, section 2). */
const IDENTIFIER_LENGTH = 255;

/** A person whom the provider has signed in, and who may have an account. */
export interface Person {
  issuer: string;
  subject: string;
  /** The address, which the provider has verified. */
  email: string;
  firstName: string | null;
  lastName: string | null;
  /** The role that the provider determines; `null` if it determines none. */
  role: Role | null;
}

/**
 * Reads whom the provider has signed in.
 *
 * @throws {DomainError} `oidc.token_invalid`, `oidc.email_unverified`, `oidc.domain_not_allowed` or `oidc.role_missing`
 */
export function readPerson(claims: Claims, { allowedDomains, roleMapping }: OidcSettings): Person {
  if (![claims.iss, claims.sub].every((identifier) => isText(identifier, IDENTIFIER_LENGTH)))
    throw new DomainError('oidc.token_invalid');
  const email = readVerifiedEmail(claims);
  if (email === null) throw new DomainError('oidc.email_unverified');
  const domain = toComparable(email.slice(email.lastIndexOf('@') + 1));
  if (allowedDomains && !allowedDomains.has(domain)) throw new DomainError('oidc.domain_not_allowed');
  const role = roleMapping?.roleOf(claims) ?? null;
  if (roleMapping && role === null) throw new DomainError('oidc.role_missing');
  return {
    issuer: claims.iss,
    subject: claims.sub,
    email,
    firstName: readName(claims.given_name),
    lastName: readName(claims.family_name),
    role,
  };
}

/** Returns the address, if the provider has verified it. */
export function readVerifiedEmail({ email, email_verified }: Claims): string | null {
  const isUsable = typeof email === 'string' && email.length <= EMAIL_LENGTH && isEmail(email, EMAIL);
  return isUsable && email_verified === true ? email : null;
}

const readName = (name: unknown): string | null => (isText(name, NAME_LENGTH) ? name : null);
