import { IsIn, IsOptional, Matches, MaxLength, MinLength, registerDecorator } from 'class-validator';
import { isConfidential } from './confidential-url.js';
import { List } from './setting-decorators.js';

/** How a confidential client authenticates at the token endpoint. */
export const CLIENT_AUTH_METHODS = ['client_secret_basic', 'client_secret_post'] as const;

/** The settings of the sign-in with an OpenID provider. Whether they fit together is checked where roles are known. */
export class OidcConfig {
  /** The provider's issuer, below which `/.well-known/openid-configuration` is found. Without it there is no sign-in with a provider. */
  @IsOptional()
  @MaxLength(255)
  @IsIssuer()
  OIDC_ISSUER?: string;

  /** The id by which the provider knows this server. */
  @IsOptional()
  @MinLength(1)
  OIDC_CLIENT_ID?: string;

  /** The secret by which this server authenticates at the provider; without it, it is a public client. */
  @IsOptional()
  @MinLength(1)
  OIDC_CLIENT_SECRET?: string;

  /** How the secret is sent; by default as the provider says. */
  @IsOptional()
  @IsIn(CLIENT_AUTH_METHODS)
  OIDC_CLIENT_AUTH_METHOD?: (typeof CLIENT_AUTH_METHODS)[number];

  /** The scopes that are asked for, separated by spaces. */
  @Matches(/^(?=(.* )?openid( |$))[\x21-\x7e]+( [\x21-\x7e]+)*$/, {
    message: '$property must be scopes separated by single spaces, one of them openid',
  })
  OIDC_SCOPES: string = 'openid email profile';

  /** The domains of e-mail addresses that may sign in; any domain unless set. */
  @IsOptional()
  @List()
  @Matches(/^[\p{L}\p{N}-]+(\.[\p{L}\p{N}-]+)*$/u, {
    each: true,
    message: '$property: each must be a domain like shop.example',
  })
  OIDC_ALLOWED_DOMAINS?: string[];

  /** The merchant in which accounts are created: its client id or its uuid. Without it only accounts that exist can sign in. */
  @IsOptional()
  @Matches(/^(\d{8}|[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12})$/i, {
    message: '$property must be a client id of eight digits or a uuid',
  })
  OIDC_MERCHANT?: string;

  /** The claim that holds a person's groups, like `groups` or `realm_access.roles`. */
  @IsOptional()
  @MinLength(1)
  OIDC_ROLE_CLAIM?: string;

  /** The roles of groups, like `key-admins=admin,developers=user`; the highest role of a person's groups applies. */
  @IsOptional()
  @List()
  @Matches(/^.*[^\s=].*=\s*\S+$/, { each: true, message: '$property: each must be a pair like developers=user' })
  OIDC_ROLES?: string[];

  /** The role of a person none of whose groups has one; without it, such a person is refused. */
  @IsOptional()
  @MinLength(1)
  OIDC_DEFAULT_ROLE?: string;

  /** What people call the provider, for a button. */
  @MinLength(1)
  @MaxLength(50)
  OIDC_NAME: string = 'single sign-on';
}

/** The value is the URL of an issuer (OpenID Connect Core 1.0, section 2) that is asked in confidence. */
function IsIssuer(): PropertyDecorator {
  return (target, property) =>
    registerDecorator({
      target: target.constructor,
      propertyName: property as string,
      options: {
        message:
          '$property must be an https URL, or an http URL on this machine, without a query, a fragment or a password',
      },
      validator: { validate: (value: unknown) => isIssuer(String(value)) },
    });
}

function isIssuer(text: string): boolean {
  if (!URL.canParse(text) || /[?#]/.test(text)) return false;
  const url = new URL(text);
  return isConfidential(url) && url.username === '' && url.password === '';
}
