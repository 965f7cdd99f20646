/** Guarantees of the settings of the sign-in with an OpenID provider: what does not fit together stops the start, with a line for each problem. */

import { readOidcSettings } from '../../../src/auth/oidc/oidc-settings.js';
import { ConfigError } from '../../../src/platform/config/config-error.js';
import { loadConfig } from '../../../src/platform/config/config.js';
import { runCommand } from '../../support/command.js';
import { newFolder, removeFolder } from '../../support/program.js';
import { TestServer } from '../../support/server.js';

const SECRET = 'x'.repeat(32);
const SECRETS = { JWT_SECRET: SECRET, KEY_PEPPERS: SECRET, ENCRYPTION_KEYS: SECRET };
const SUFFICIENT = {
  OIDC_ISSUER: 'https://sso.example',
  OIDC_CLIENT_ID: 'keywright',
  PUBLIC_URL: 'https://keys.example',
};
const CREATING = { ...SUFFICIENT, OIDC_MERCHANT: '12345678', OIDC_ALLOWED_DOMAINS: 'shop.example' };

/** @returns the lines about problems, or the settings */
function read(variables: Record<string, string>): unknown {
  try {
    return readOidcSettings(loadConfig({ ...SECRETS, ...variables }));
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const lines = error.message.split(/^Keywright cannot start:(?: |\n {2}- )|\n {2}- /);
    expect(lines.shift()).toBe('');
    return lines;
  }
}

describe('settings of the sign-in with an OpenID provider', () => {
  it('are none by default', () => {
    expect(read({})).toBeNull();
  });

  it('need an issuer, a client and a public URL', () => {
    expect(read(SUFFICIENT)).toMatchObject({
      issuer: new URL('https://sso.example'),
      clientSecret: null,
      scopes: 'openid email profile',
      redirectUri: new URL('https://keys.example/api/v1/auth/oidc/callback'),
      allowedDomains: null,
      merchant: null,
      roleMapping: null,
    });
    const { PUBLIC_URL, ...local } = SUFFICIENT;
    expect(read(local)).toEqual(['PUBLIC_URL is missing; OIDC_ISSUER needs it']);
    expect(read({ PUBLIC_URL, OIDC_CLIENT_ID: 'keywright' })).toEqual([
      'OIDC_ISSUER is missing; OIDC_CLIENT_ID needs it',
    ]);
  });

  it.each<[Record<string, string>, ...string[]]>([
    [{ OIDC_CLIENT_ID: '' }, 'OIDC_CLIENT_ID is missing; OIDC_ISSUER needs it'],
    [
      { OIDC_CLIENT_AUTH_METHOD: 'client_secret_post' },
      'OIDC_CLIENT_SECRET is missing; OIDC_CLIENT_AUTH_METHOD needs it',
    ],
    [
      { OIDC_MERCHANT: '12345678' },
      'OIDC_ALLOWED_DOMAINS is missing; OIDC_MERCHANT needs it',
      'OIDC_MERCHANT needs OIDC_ROLES or OIDC_DEFAULT_ROLE: the roles of new accounts',
    ],
    [{ OIDC_ROLE_CLAIM: 'groups' }, 'OIDC_ROLES is missing; OIDC_ROLE_CLAIM needs it'],
    [{ OIDC_ROLES: 'a=user' }, 'OIDC_ROLE_CLAIM is missing; OIDC_ROLES needs it'],
    [{ OIDC_DEFAULT_ROLE: 'user' }, 'OIDC_DEFAULT_ROLE has no effect without OIDC_ROLES or OIDC_MERCHANT'],
    [
      { OIDC_ROLE_CLAIM: 'groups', OIDC_ROLES: 'a=readonly,b=owner,c=user', OIDC_DEFAULT_ROLE: 'read-some' },
      'OIDC_DEFAULT_ROLE: there is no role read-some; did you mean readSome?',
      'OIDC_ROLES: there is no role readonly; did you mean readOnly?',
      'OIDC_ROLES: there is no role owner; the roles are readSome, readOnly, writeSome, user, bughunter, support, admin',
    ],
    [{ OIDC_ROLE_CLAIM: 'groups', OIDC_ROLES: 'a=user,a=admin' }, 'OIDC_ROLES: a group stands there more than once'],
  ])('of which some are missing or wrong stop the start: %j', (variables, ...problems) => {
    expect(read({ ...SUFFICIENT, ...variables })).toEqual(problems);
  });

  it.each<[string, string, string]>([
    ['OIDC_ISSUER', 'http://sso.example', 'must be an https URL'],
    ['OIDC_ISSUER', 'https://sso.example?tenant=1', 'must be an https URL'],
    ['OIDC_ISSUER', 'https://user:password@sso.example', 'must be an https URL'],
    ['OIDC_ISSUER', 'sso.example', 'must be an https URL'],
    ['OIDC_SCOPES', 'email profile', 'one of them openid'],
    ['OIDC_ALLOWED_DOMAINS', 'shop.example,@other.example', 'each must be a domain like shop.example'],
    ['OIDC_ALLOWED_DOMAINS', '*', 'each must be a domain like shop.example'],
    ['OIDC_MERCHANT', 'My shop', 'must be a client id of eight digits or a uuid'],
    ['OIDC_ROLES', 'developers', 'each must be a pair like developers=user'],
    ['OIDC_CLIENT_AUTH_METHOD', 'private_key_jwt', 'must be one of'],
  ])('refuse %s=%s', (name, value, problem) => {
    expect(read({ ...SUFFICIENT, [name]: value })).toEqual([expect.stringMatching(`^${name}.*${problem}`)]);
  });

  it.each(['http://localhost:8080/realms/shop', 'http://127.0.0.1', 'http://[::1]:8080'])(
    'take %s as issuer',
    (issuer) => {
      expect(read({ ...SUFFICIENT, OIDC_ISSUER: issuer })).toMatchObject({ issuer: new URL(issuer) });
    },
  );

  it('map the highest role of all groups, in nested claims and in claims whose names hold dots', () => {
    const roleOf = (claims: Record<string, unknown>, claim: string, more: Record<string, string> = {}): unknown => {
      const OIDC_ROLES = 'a=readOnly,cn=admins=admin,b=user';
      const settings = readOidcSettings(
        loadConfig({ ...SECRETS, ...CREATING, OIDC_ROLE_CLAIM: claim, OIDC_ROLES, ...more }),
      );
      return settings?.roleMapping?.roleOf(claims);
    };
    expect(roleOf({ groups: ['x', 'a', 'b'] }, 'groups')).toBe('user');
    expect(roleOf({ groups: 'a' }, 'groups')).toBe('readOnly');
    expect(roleOf({ groups: ['A', 'x'] }, 'groups')).toBeNull();
    expect(roleOf({ groups: ['A', 'x'] }, 'groups', { OIDC_DEFAULT_ROLE: 'readSome' })).toBe('readSome');
    expect(roleOf({ groups: ['cn=admins'] }, 'groups')).toBe('admin');
    expect(roleOf({ groups: { a: true, 0: 'b' } }, 'groups')).toBeNull();
    expect(roleOf({ groups: [['b'], { b: 'b' }, 7] }, 'groups')).toBeNull();
    expect(roleOf({ realm_access: { roles: ['b'] } }, 'realm_access.roles')).toBe('user');
    expect(roleOf({ 'https://shop.example/roles': ['b'] }, 'https://shop.example/roles')).toBe('user');
    expect(roleOf({}, 'constructor.name')).toBeNull();
  });

  it('stop the program in a line, before the database is touched', async () => {
    const folder = newFolder();
    const { code, stderr } = await runCommand(folder, ['serve'], { ...SUFFICIENT, OIDC_ROLES: 'a=user', PORT: '0' });
    expect([code, stderr]).toEqual([1, 'Keywright cannot start: OIDC_ROLE_CLAIM is missing; OIDC_ROLES needs it\n']);
    await removeFolder(folder);
  });

  it('stop the start for a merchant that is not there', async () => {
    const server = await TestServer.start();
    const start = server.another({ ...CREATING, OIDC_DEFAULT_ROLE: 'user', OIDC_MERCHANT: '00000000' });
    await expect(start).rejects.toThrow('Keywright cannot start: OIDC_MERCHANT: there is no merchant 00000000');
    await server.stop();
  });
});
