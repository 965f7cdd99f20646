import { domainToASCII } from 'node:url';
import { ROLE_NAMES, type Role } from '../../access/levels.js';
import type { Config } from '../../platform/config/config.js';
import { refusedStart } from '../../platform/config/config-error.js';
import type { CLIENT_AUTH_METHODS, OidcConfig } from '../../platform/config/oidc-config.js';
import { findNearestName } from '../../platform/validation/nearest-name.js';
import { RoleMapping } from './role-mapping.js';

/** The injection token of {@link OidcSettings}, which are `null` if no provider is configured. */
export const OIDC_SETTINGS = Symbol('OidcSettings');

/** The sign-in with an OpenID provider, as it is configured. */
export interface OidcSettings {
  issuer: URL;
  clientId: string;
  /** `null` for a public client. */
  clientSecret: string | null;
  /** `null` as the provider says. */
  clientAuthMethod: (typeof CLIENT_AUTH_METHODS)[number] | null;
  scopes: string;
  /** What people call the provider. */
  name: string;
  redirectUri: URL;
  /** In ASCII and lower case; `null` for any domain. */
  allowedDomains: ReadonlySet<string> | null;
  /** The client id or the uuid of the merchant in which accounts are created; `null` if none are. */
  merchant: string | null;
  /** `null` if the provider does not determine roles. */
  roleMapping: RoleMapping | null;
  /** The role of new accounts, if the provider does not determine it. */
  defaultRole: Role | null;
}

type Name = keyof OidcConfig | 'PUBLIC_URL';

/** What each setting is useless without. */
const NEEDS: [Name, ...Name[]][] = [
  ['OIDC_ISSUER', 'OIDC_CLIENT_ID', 'PUBLIC_URL'],
  ['OIDC_CLIENT_ID', 'OIDC_ISSUER'],
  ['OIDC_CLIENT_SECRET', 'OIDC_ISSUER'],
  ['OIDC_CLIENT_AUTH_METHOD', 'OIDC_CLIENT_SECRET'],
  ['OIDC_ALLOWED_DOMAINS', 'OIDC_ISSUER'],
  ['OIDC_MERCHANT', 'OIDC_ISSUER', 'OIDC_ALLOWED_DOMAINS'],
  ['OIDC_ROLE_CLAIM', 'OIDC_ISSUER', 'OIDC_ROLES'],
  ['OIDC_ROLES', 'OIDC_ISSUER', 'OIDC_ROLE_CLAIM'],
  ['OIDC_DEFAULT_ROLE', 'OIDC_ISSUER'],
];

/**
 * Reads the settings of the sign-in with a provider; `null` if there are none.
 *
 * @throws {ConfigError} with a line for each setting that lacks another one, and for each unknown role
 */
export function readOidcSettings(config: Config): OidcSettings | null {
  const problems = findIncomplete(config);
  const toRole = (setting: Name, text: string): Role[] => {
    const role = ROLE_NAMES.find((name) => name === text);
    if (role) return [role];
    const nearest = findNearestName(text, ROLE_NAMES);
    const hint = nearest ? `did you mean ${nearest}?` : `the roles are ${ROLE_NAMES.join(', ')}`;
    problems.push(`${setting}: there is no role ${text}; ${hint}`);
    return [];
  };
  const [defaultRole = null] =
    config.OIDC_DEFAULT_ROLE === undefined ? [] : toRole('OIDC_DEFAULT_ROLE', config.OIDC_DEFAULT_ROLE);
  const roles = new Map(
    (config.OIDC_ROLES ?? []).flatMap((pair): [string, Role][] => {
      const end = pair.lastIndexOf('=');
      return toRole('OIDC_ROLES', pair.slice(end + 1).trim()).map((role) => [pair.slice(0, end).trim(), role]);
    }),
  );
  if (roles.size < new Set(config.OIDC_ROLES).size && problems.length === 0)
    problems.push('OIDC_ROLES: a group stands there more than once');
  if (problems.length > 0) throw refusedStart(problems);
  const { OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_ROLE_CLAIM } = config;
  if (OIDC_ISSUER === undefined || OIDC_CLIENT_ID === undefined) return null;
  return {
    issuer: new URL(OIDC_ISSUER),
    clientId: OIDC_CLIENT_ID,
    clientSecret: config.OIDC_CLIENT_SECRET ?? null,
    clientAuthMethod: config.OIDC_CLIENT_AUTH_METHOD ?? null,
    scopes: config.OIDC_SCOPES,
    name: config.OIDC_NAME,
    get redirectUri() {
      return new URL(`${config.publicUrl}/api/v1/auth/oidc/callback`);
    },
    allowedDomains: config.OIDC_ALLOWED_DOMAINS ? new Set(config.OIDC_ALLOWED_DOMAINS.map(toComparable)) : null,
    merchant: config.OIDC_MERCHANT ?? null,
    roleMapping: OIDC_ROLE_CLAIM === undefined ? null : new RoleMapping(OIDC_ROLE_CLAIM, roles, defaultRole),
    defaultRole,
  };
}

/** The form in which domains are compared. */
export const toComparable = (domain: string): string => domainToASCII(domain.toLowerCase());

function findIncomplete(config: Config): string[] {
  const isSet = (name: Name): boolean => config[name] !== undefined;
  const problems = NEEDS.flatMap(([name, ...needed]) =>
    isSet(name) ? needed.filter((other) => !isSet(other)).map((other) => `${other} is missing; ${name} needs it`) : [],
  );
  const { OIDC_DEFAULT_ROLE, OIDC_MERCHANT, OIDC_ROLES } = config;
  if (OIDC_MERCHANT !== undefined && (OIDC_ROLES ?? OIDC_DEFAULT_ROLE) === undefined)
    problems.push('OIDC_MERCHANT needs OIDC_ROLES or OIDC_DEFAULT_ROLE: the roles of new accounts');
  if (OIDC_DEFAULT_ROLE !== undefined && (OIDC_ROLES ?? OIDC_MERCHANT) === undefined)
    problems.push('OIDC_DEFAULT_ROLE has no effect without OIDC_ROLES or OIDC_MERCHANT');
  return problems;
}
