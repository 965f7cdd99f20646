/** Guarantee: every route requires what one table says, no route exists beside it, and callers below a route's level are refused. */

import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { LEVELS, ROLE_NAMES, ROLES } from '../../src/access/levels.js';
import { readScheme, type AuthScheme } from '../../src/platform/http/requirement.js';
import { declaredRoutes } from '../support/declared-routes.js';
import { JSON_TYPE, refusal, surfaceNameOf } from '../support/envelope.js';
import type { RequestOptions } from '../support/http.js';
import { newPortal } from '../support/portal.js';
import { newVerifierKey } from '../support/verifiers.js';
import { TestServer, type User } from '../support/server.js';

/** Who may call what. */
const ROUTES = `
  DELETE  /api/v1/import-formats/:id                 4
  GET     /api/v1/import-formats                     1
  POST    /account/delete/jwt                        0
  POST    /pages/recover                             public
  POST    /pages/merchants/signup                    public
  POST    /pages/members/signup                      public
  POST    /pages/confirm/signup                      public
  POST    /pages/confirm/recovery                    public
  POST    /pages/confirm/email                       public
  GET     /recover                                   public
  GET     /confirm/signup/:id                        public
  GET     /confirm/recovery/:id                      public
  GET     /confirm/email/:id                         public
  GET     /api/v1/merchants/signup                   public
  GET     /api/v1/members/signup                     public
  DELETE  /api/clients/api-keys/:id                  4
  DELETE  /api/clients/api-keys/bulk                 4
  DELETE  /api/v1/api-keys/:keyId                    4
  DELETE  /api/v1/applications/:id                   4
  DELETE  /api/v1/applications/:id/api-keys/:keyId   4
  DELETE  /api/v1/members/:id                        4
  DELETE  /api/v1/members/:id/second-factor          4
  DELETE  /api/v1/merchants/:id                      8
  DELETE  /api/v1/second-factor/passkeys/:id         0
  DELETE  /api/v1/second-factor/totp                 0
  DELETE  /console/session                           0
  DELETE  /api/v1/sessions                           0
  DELETE  /api/v1/sessions/:id                       0
  DELETE  /api/v1/webhooks/:id                       4
  DELETE  /apikeys/:key/jwt                          4
  DELETE  /apikeys/:key/key                          4
  GET     /.well-known/jwks.json                     public
  GET     /.well-known/oauth-authorization-server    public
  GET     /account/jwt                               2
  GET     /account/key                               2
  GET     /api/clients/api-keys                      2
  GET     /api/v1/api-keys/:keyId                    1
  GET     /api/v1/api-keys/:keyId/limits             1
  GET     /api/v1/api-keys/:keyId/usage              1
  GET     /api/v1/api-keys/:keyId/uses               1
  GET     /api/v1/api-keys                           1
  GET     /api/v1/api-keys/export                    1
  GET     /api/v1/applications                       1
  GET     /api/v1/applications/:id                   1
  GET     /api/v1/applications/:id/api-keys          1
  GET     /api/v1/applications/:id/api-keys/:keyId   1
  GET     /api/v1/applications/:id/api-keys/:keyId/usage 1
  GET     /api/v1/usage                              1
  GET     /api/v1/usage/daily                        1
  DELETE  /api/v1/verifiers/:id                      1
  DELETE  /api/v1/portal-sessions/:id                4
  DELETE  /api/v1/portal/keys/:keyId                 0
  GET     /api/v1/portal/keys                        0
  GET     /api/v1/portal/session                     0
  POST    /api/v1/portal-sessions                    4
  POST    /api/v1/portal/keys                        0
  POST    /api/v1/portal/keys/:keyId/rotate          0
  POST    /api/v1/portal/session                     public
  GET     /api/v1/verifiers                          1
  GET     /api/v1/verifiers/:id/changes              1
  GET     /api/v1/verifiers/:id/stream               1
  POST    /api/v1/verifiers                          1
  POST    /api/v1/verifiers/:id/acknowledgements     1
  POST    /api/v1/verifiers/:id/usage                1
  GET     /api/v1/api-keys/counts                    1
  GET     /api/v1/hygiene                            1
  GET     /api/v1/audit-events                       4
  GET     /api/v1/housekeeping                       8
  POST    /api/v1/housekeeping/:job/run              8
  GET     /api/v1/instances                          6
  GET     /api/v1/audit-events/export                4
  GET     /api/v1/audit-events/verify                4
  GET     /api/v1/members                            2
  GET     /api/v1/members/:id                        2
  GET     /api/v1/members/me/export                  0
  GET     /api/v1/members/me/notifications           0
  GET     /api/v1/merchants                          6
  GET     /api/v1/merchants/:id                      6
  GET     /api/v1/merchants/:id/export               8
  GET     /api/v1/merchants/me                       0
  GET     /api/v1/merchants/me/export                4
  GET     /api/v1/merchants/me/exposure-policy       1
  GET     /api/v1/merchants/me/idle-policy           2
  GET     /api/v1/merchants/me/sign-in-policy        2
  GET     /api/v1/second-factor                      0
  GET     /api/v1/sessions                           0
  GET     /api/v1/shared-limits                      1
  GET     /api/v1/shared-limits/:externalId          1
  PUT     /api/v1/shared-limits/:externalId          4
  DELETE  /api/v1/shared-limits/:externalId          4
  GET     /api/v1/webhooks                           4
  GET     /api/v1/webhooks/:id                       4
  GET     /api/v1/webhooks/:id/deliveries            4
  GET     /api/v1/auth/oidc                          public
  GET     /api/v1/auth/oidc/callback                 public
  GET     /api/v1/auth/oidc/login                    public
  GET     /console/session                           public
  GET     /console/session/oidc                      public
  GET     /apikeys/:key/jwt                          4
  GET     /apikeys/:key/key                          4
  GET     /apikeys/jwt                               0
  GET     /apikeys/key                               0
  GET     /health/live                               public
  GET     /health/ready                              public
  GET     /metrics                                   public
  GET     /whoami/jwt                                0
  GET     /whoami/key                                0
  PATCH   /account/jwt                               3
  PATCH   /account/key                               3
  PATCH   /api/v1/api-keys/:keyId                    4
  PATCH   /api/v1/applications/:id                   4
  PATCH   /api/v1/applications/:id/api-keys/:keyId   4
  PATCH   /api/v1/applications/:id/status            4
  PATCH   /api/v1/members/:id                        4
  PATCH   /api/v1/merchants/:id                      7
  PATCH   /api/v1/merchants/me                       4
  PATCH   /api/v1/merchants/me/exposure-policy       4
  PATCH   /api/v1/merchants/me/idle-policy           4
  PATCH   /api/v1/merchants/me/sign-in-policy        4
  PUT     /api/v1/members/me/notifications           0
  PATCH   /api/v1/webhooks/:id                       4
  POST    /api/auth/login                            public
  POST    /api/auth/logout                           0
  POST    /api/clients/generate-api-key              4
  POST    /api/clients/generate-service-id           0
  POST    /api/v1/api-keys/import                    4
  POST    /api/v1/api-keys/import-lines              4
  POST    /api/v1/api-keys                           4
  POST    /api/v1/api-keys/:keyId/quota/reset        4
  POST    /api/v1/api-keys/:keyId/rotate             4
  POST    /api/v1/api-keys/bulk-disable              4
  POST    /api/v1/api-keys/bulk-enable               4
  POST    /api/v1/api-keys/bulk-revoke               4
  GET     /api/v1/merchants/me/key-policy            2
  PATCH   /api/v1/merchants/me/key-policy            4
  POST    /api/v1/keys/rotate                        0
  POST    /api/v1/applications                       4
  POST    /api/v1/applications/:id/api-keys          4
  POST    /api/v1/applications/:id/api-keys/:keyId/quota/reset 4
  POST    /api/v1/applications/:id/api-keys/:keyId/rotate 4
  POST    /api/v1/auth/login                         public
  POST    /api/auth/login/second-factor              public
  POST    /api/v1/auth/login/second-factor           public
  POST    /api/v1/second-factor/passkeys             0
  POST    /api/v1/second-factor/passkeys/options     0
  POST    /api/v1/second-factor/recovery-codes       0
  POST    /api/v1/second-factor/totp                 0
  POST    /api/v1/second-factor/totp/confirm         0
  POST    /login/second-factor                       public
  POST    /console/session                           public
  POST    /console/session/oidc                      public
  POST    /console/session/second-factor             public
  POST    /api/v1/auth/logout                        0
  POST    /api/v1/exposures                          public
  POST    /api/v1/exposures/github                   public
  POST    /api/v1/members                            4
  POST    /api/v1/members/signup                     public
  POST    /api/v1/merchants/invite                   7
  POST    /api/v1/merchants/signup                   public
  POST    /api/v1/webhooks                           4
  POST    /api/v1/webhooks/:id/deliveries/:deliveryId/redeliver 4
  POST    /api/v1/webhooks/:id/rotate-secret         4
  POST    /api/v1/webhooks/:id/test                  4
  POST    /apikeys/jwt                               4
  POST    /apikeys/key                               4
  POST    /available/username/jwt                    1
  POST    /available/username/key                    1
  POST    /confirm/email/:id                         public
  POST    /confirm/recovery/:id                      public
  POST    /confirm/signup/:id                        public
  POST    /login                                     public
  POST    /logout                                    0
  POST    /oauth/introspect                          public
  POST    /oauth/revoke                              public
  POST    /oauth/token                               public
  POST    /recover                                   public
  POST    /signin                                    public
  POST    /signup                                    public
`;

/** What the gateway serves without handlers of Nest; these routes look at their callers themselves. */
const GATE = [
  'ALL /api/v1/keys/check',
  // Of the routes for end users alone; the tree leaves the path before a `*` out.
  'OPTIONS *',
  'POST /api/v1/keys/verify',
  'POST /api/v1/keys/verify/batch',
  'POST /api/v1/verifiers/verifications',
];

interface Route {
  method: string;
  path: string;
  /** `null` is public. */
  level: number | null;
  scheme: AuthScheme | null;
}

/** The last segment of a path on the accounts surface picks the scheme; OAuth clients are keys. */
function schemeFor(method: string, path: string, level: string): AuthScheme | null {
  if (path.startsWith('/api/v1/verifiers') && `${method} ${path}` !== 'GET /api/v1/verifiers') return 'key';
  if (path === '/api/v1/keys/rotate') return 'key';
  if (path.startsWith('/api/v1/portal/') && level !== 'public') return 'portalToken';
  if (path.endsWith('/key') || path.startsWith('/oauth/')) return 'keyPair';
  return level === 'public' ? null : 'loginToken';
}

const TABLE: Route[] = ROUTES.trim()
  .split('\n')
  .map((line) => {
    const [method = '', path = '', level = ''] = line.trim().split(/\s+/);
    return { method, path, level: level === 'public' ? null : Number(level), scheme: schemeFor(method, path, level) };
  });
const GUARDED = TABLE.filter((route): route is Route & { level: number } => route.level !== null);

/** Those that some caller is too weak for: the weakest role has level 1, the weakest key level 0. */
const SELECTIVE = GUARDED.filter(({ scheme, level }) => level > (scheme === 'keyPair' ? 0 : 1));

const REFUSED = {
  clients: ['Invalid JWT token', expect.stringMatching(/^Insufficient permissions( to delete this API key)?$/)],
  merchants: [
    'Authentication required. Please provide a valid API token',
    "You don't have permission to access this resource",
  ],
  accounts: ['authenticationFailed', 'insufficientAccessLevel'],
  oauth: ['invalid_client', 'invalid_request'],
} as const;

describe('access', () => {
  let server: TestServer;
  const callers: [number, User][] = [];
  let verifierKey: string;
  let portalToken: string;
  const tokens = new Map<number, string>();
  const keys = new Map<number, string>();
  beforeAll(async () => {
    server = await TestServer.shared();
    for (const role of ROLE_NAMES) callers.push([ROLES[role], await server.newMember(server.admin, role)]);
    await logIn();
    verifierKey = await newVerifierKey(server, server.admin);
    portalToken = (await newPortal(server, server.admin)).token;
    for (const level of Object.values(LEVELS)) {
      keys.set(level, (await server.newPersonalKey(server.admin, level)).basic);
    }
  });
  afterAll(() => server.stop());

  async function logIn(): Promise<void> {
    for (const [level, { email, password }] of callers) tokens.set(level, (await server.logIn(email, password)).token);
  }

  /** The credential that the route takes, of the nearest level there is. */
  const caller = ({ scheme, path }: Route, isRightLevel: (level: number) => boolean, nearest: 'lowest' | 'highest') => {
    if (path.startsWith('/api/v1/verifiers') && scheme === 'key') return { token: verifierKey };
    if (scheme === 'portalToken') return { token: portalToken };
    const credentials = scheme === 'loginToken' ? tokens : keys;
    const levels = [...credentials.keys()].filter(isRightLevel).sort((a, b) => a - b);
    const credential = credentials.get(levels.at(nearest === 'lowest' ? 0 : -1) ?? -1);
    return scheme === 'loginToken' ? { token: credential } : { basic: credential };
  };
  const call = ({ method, path }: Pick<Route, 'method' | 'path'>, options: RequestOptions = {}) =>
    server.call(
      method,
      path.replaceAll(/:\w+/g, () => randomUUID()),
      options,
    );

  it('declares a level and a credential for every handler, as in the table', () => {
    const routes = declaredRoutes(server);
    expect(routes.filter(({ requirement }) => requirement === undefined)).toEqual([]);
    const found = routes.map(({ method, path, requirement }) => ({
      method,
      path,
      level: requirement?.level,
      scheme: requirement && readScheme(requirement, path),
    }));
    const inOrder = (list: { method: string; path: string }[]) =>
      [...list].sort((a, b) => (`${a.method} ${a.path}` < `${b.method} ${b.path}` ? -1 : 1));
    expect(inOrder(found)).toEqual(inOrder(TABLE));
  });

  it('serves no route beside those of the handlers and the fast path', () => {
    const declared = TABLE.flatMap(({ method, path }) =>
      method === 'GET' ? [`GET ${path}`, `HEAD ${path}`] : [`${method} ${path}`],
    );
    expect(servedRoutes(server)).toEqual([...declared, ...GATE].sort());
  });

  it.each(['/api/v1/keys/verify', '/api/v1/keys/verify/batch'])(
    'requires level 1 of the caller of %s',
    async (path) => {
      const key = 'ks_live_of_nobody';
      const json = path.endsWith('/batch') ? { keys: [{ key }] } : { key };
      const statusFor = async (options: RequestOptions) =>
        (await server.call('POST', path, { json, ...options })).status;
      expect(await statusFor({})).toBe(401);
      expect(await statusFor({ basic: keys.get(0) })).toBe(403);
      expect(await statusFor({ basic: keys.get(1) })).toBe(200);
      expect(await statusFor({ token: tokens.get(1) })).toBe(200);
    },
  );

  it.each(GUARDED)('refuses an anonymous caller of $method $path', async (route) => {
    const answer = await call(route);
    expect([answer.status, answer.headers['content-type']]).toEqual([401, JSON_TYPE]);
    expect(answer.body).toEqual(refusal(route.path, 401, REFUSED[surfaceNameOf(route.path)][0]));
    const challenge = route.scheme === 'keyPair' ? /^Basic / : /^Bearer /;
    expect(answer.headers['www-authenticate']).toMatch(challenge);
  });

  it.each(GUARDED.filter(({ method }) => method === 'GET'))('refuses an anonymous HEAD of $path', async (route) => {
    expect((await call({ ...route, method: 'HEAD' })).status).toBe(401);
  });

  it.each(SELECTIVE)('refuses a caller below level $level of $method $path', async (route) => {
    const answer = await call(
      route,
      caller(route, (level) => level < route.level, 'highest'),
    );
    expect([answer.status, answer.headers['content-type']]).toEqual([403, JSON_TYPE]);
    expect(answer.body).toEqual(refusal(route.path, 403, REFUSED[surfaceNameOf(route.path)][1]));
  });

  it.each(GUARDED)('lets a caller of level $level call $method $path', async (route) => {
    const { status } = await call(
      route,
      caller(route, (level) => level >= route.level, 'lowest'),
    );
    expect([200, 201, 204, 400, 404]).toContain(status);
    if (/\/(logout|console\/session)$/.test(route.path)) await logIn();
  });
});

/** Every route that Fastify really serves, read off its tree; one for every method counts as `ALL`. */
function servedRoutes(server: TestServer): string[] {
  const fastify: Pick<FastifyInstance, 'printRoutes'> = server.app.getHttpAdapter().getInstance();
  return [...routesOf(fastify), ...routesOf(server.fastPath)].sort();
}

function routesOf(fastify: Pick<FastifyInstance, 'printRoutes'>): string[] {
  const parents: string[] = [];
  const tree = fastify.printRoutes({ commonPrefix: false });
  return tree.split('\n').flatMap((line) => {
    const [, indent = '', part = '', methods] = /^((?:│ {3}| {4})*)[├└]── (\S+)(?: \((.+)\))?$/.exec(line) ?? [];
    parents.splice(indent.length / 4, Infinity, part);
    const path = parents.join('');
    const names = methods?.split(', ') ?? [];
    const isForAll = names.includes('OPTIONS') && names.length > 1;
    return isForAll ? [`ALL ${path}`] : names.map((method) => `${method} ${path}`);
  });
}
