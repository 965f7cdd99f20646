/** A group of operations on one resource. */
export interface Tag {
  name: string;
  description: string;
  /** The surface, under which documentation shows it. */
  group: string;
  /** The paths of its operations. */
  paths: RegExp;
}

/** All tags in the order of use. The first tag whose paths match is an operation's. */
export const TAGS: Tag[] = [
  {
    name: 'Login',
    group: 'Merchants',
    paths: /^\/api\/v1\/auth\//,
    description: 'Log in and out. The token of a login is valid on every surface.',
  },
  {
    name: 'Applications',
    group: 'Merchants',
    paths: /^\/api\/v1\/applications(\/\{id\}(\/status)?)?$/,
    description: 'Applications, which keys belong to. A disabled application disables all its keys.',
  },
  {
    name: 'API keys',
    group: 'Merchants',
    paths: /^\/api\/v1\/(applications\/\{id\}\/)?api-keys(?!\/(bulk|import))/,
    description: 'Keys of applications and of the merchant itself. A full key is shown once.',
  },
  {
    name: 'Verification',
    group: 'Verification',
    paths: /^\/api\/v1\/keys\//,
    description: 'For gateways and services: whether a key is valid, and what it may do.',
  },
  {
    name: 'OAuth',
    group: 'Verification',
    paths: /^\/(oauth|\.well-known)\//,
    description:
      'Sessions that keys open (OAuth 2.0), so that a secret need not travel with every request. Requests are forms, errors `{error}` (RFC 6749).',
  },
  {
    name: 'Verifiers',
    group: 'Verification',
    paths: /^\/api\/v1\/verifiers/,
    description:
      'For verification in the process of a service, by `@keywright/verifier`: what it may remember, and what it has to forget.',
  },
  {
    name: 'Insight',
    group: 'Merchants',
    paths: /^\/api\/v1\/(usage|hygiene)(\/|$)/,
    description: 'How keys are used, and which of them need attention.',
  },
  {
    name: 'Portal sessions',
    group: 'Merchants',
    paths: /^\/api\/v1\/portal/,
    description: 'Keys of your customers, which they manage themselves in your page or in one of this server.',
  },
  {
    name: 'Shared limits',
    group: 'Merchants',
    paths: /^\/api\/v1\/shared-limits/,
    description: 'Limits that all keys with the same external id share.',
  },
  {
    name: 'Bulk operations',
    group: 'Merchants',
    paths: /^\/api\/v1\/api-keys\/bulk/,
    description: 'Changes to many keys at once, after a dry run.',
  },
  {
    name: 'Import',
    group: 'Merchants',
    paths: /^\/api\/v1\/(api-keys\/import|import-formats)/,
    description: 'Keys of a former system, which go on working by their hashes.',
  },
  {
    name: 'Exposures',
    group: 'Merchants',
    paths: /^\/api\/v1\/exposures|exposure-policy$/,
    description: 'Reports of leaked keys, and what the server does about them.',
  },
  {
    name: 'Webhooks',
    group: 'Merchants',
    paths: /^\/api\/v1\/webhooks/,
    description: 'Endpoints that receive events, and their deliveries (Standard Webhooks).',
  },
  {
    name: 'Audit events',
    group: 'Merchants',
    paths: /^\/api\/v1\/audit-events/,
    description: 'Who did what, in a chain that shows every later change.',
  },
  {
    name: 'Notifications',
    group: 'Merchants',
    paths: /\/notifications$/,
    description: 'The events that you are told of by mail.',
  },
  {
    name: 'Members',
    group: 'Merchants',
    paths: /^\/api\/v1\/members/,
    description: "A merchant's people, and the keys that they leave behind.",
  },
  {
    name: 'Merchants',
    group: 'Merchants',
    paths: /^\/api\/v1\/merchants/,
    description: 'Merchants, to which members, applications and keys belong, and their policies.',
  },
  {
    name: 'Second factors',
    group: 'Merchants',
    paths: /^\/api\/v1\/second-factor/,
    description: 'Authenticator apps, passkeys and recovery codes of your own account.',
  },
  {
    name: 'Sessions',
    group: 'Merchants',
    paths: /^\/api\/v1\/sessions/,
    description: 'Your logins, each of which you can end.',
  },
  {
    name: 'Console',
    group: 'Merchants',
    paths: /^\/console\//,
    description:
      'Sessions of the console, whose login token is in a cookie. Requests to them send `X-Keywright-Console: 1`, and so does every request with the cookie.',
  },
  {
    name: 'Client login',
    group: 'Clients',
    paths: /^\/api\/auth\//,
    description: 'Log in and out on the clients surface. Answers are `{status, message, data}`.',
  },
  {
    name: 'Client API keys',
    group: 'Clients',
    paths: /^\/api\/clients\//,
    description: 'Service IDs, and keys whose secrets can be listed again. Answers are `{status, message, data}`.',
  },
  {
    name: 'Account login',
    group: 'Accounts',
    paths: /^\/(login|signin|logout|whoami)/,
    description: 'Log in and out on the accounts surface. Answers are `{result, …}`.',
  },
  {
    name: 'Account',
    group: 'Accounts',
    paths: /^\/(signup|recover|confirm|account|available)/,
    description:
      'Your own account. Paths in `/jwt` take a login token, paths in `/key` a key and its secret as HTTP Basic. Answers are `{result, …}`.',
  },
  {
    name: 'Personal API keys',
    group: 'Accounts',
    paths: /^\/apikeys\//,
    description:
      'Keys of a person, which end with the account. Paths in `/jwt` take a login token, paths in `/key` a key and its secret as HTTP Basic.',
  },
  {
    name: 'Housekeeping',
    group: 'Operation',
    paths: /^\/api\/v1\/housekeeping/,
    description: 'The scheduled jobs, the outcome of their latest runs, and runs beside their schedules.',
  },
  {
    name: 'Instances',
    group: 'Operation',
    paths: /^\/api\/v1\/instances/,
    description:
      'The processes of the server, with their versions and leases, and how long revocations waited for them.',
  },
  {
    name: 'Health',
    group: 'Operation',
    paths: /^\/health\//,
    description:
      'For load balancers and supervisors: whether this server is ready for requests, and whether it answers.',
  },
];

/** @throws {Error} for a path without a tag */
export function findTag(path: string): Tag {
  const tag = TAGS.find(({ paths }) => paths.test(path));
  if (!tag) throw new Error(`${path}: no tag has such paths.`);
  return tag;
}

/** The groups, in the order of their first tags. */
export const TAG_GROUPS = [...new Set(TAGS.map(({ group }) => group))].map((name) => ({
  name,
  tags: TAGS.filter(({ group }) => group === name).map((tag) => tag.name),
}));

/** Sorts paths by their tags, and leaves them as they are within a tag. */
export const sortByTag = <T>(paths: Record<string, T>): Record<string, T> =>
  Object.fromEntries(Object.entries(paths).sort(([a], [b]) => TAGS.indexOf(findTag(a)) - TAGS.indexOf(findTag(b))));
