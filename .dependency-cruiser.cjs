/** Which way imports go. A request walks surface → guard → controller → service → entity, and no arrow goes back. */
const between = (name, comment, from, ...to) => ({
  name,
  comment,
  severity: 'error',
  from: { path: `^src/${from}/` },
  to: { path: `^src/(${to.join('|')})/`, dependencyTypesNot: ['type-only'] },
});

const MODULES = [
  'access',
  'accounts',
  'api-keys',
  'applications',
  'audit',
  'auth',
  'exposures',
  'gateway',
  'idempotency',
  'merchant-keys',
  'oauth',
  'observability',
  'services',
  'verification',
  'webhooks',
];
const allBut = (...some) => MODULES.filter((name) => !some.includes(name));

module.exports = {
  forbidden: [
    {
      name: 'no-circles',
      comment: 'What imports itself through others can be understood only as a whole.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-orphans',
      comment: 'What nobody imports has no user and goes.',
      severity: 'error',
      from: { orphan: true, path: '^src/', pathNot: '^src/(main|housekeep)\\.ts$' },
      to: {},
    },
    {
      name: 'audit-hears-and-is-not-called',
      comment: 'The audit trail hears domain events; nobody depends on it but the application, and the list of tables.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(audit/|app\\.module\\.ts|database\\.ts)' },
      to: { path: '^src/audit/' },
    },
    {
      name: 'notifications-hear-and-are-not-called',
      comment:
        'Mails are written when something has happened; nobody depends on them but the application, and the list of tables.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(notifications/|app\\.module\\.ts|database\\.ts)' },
      to: { path: '^src/notifications/' },
    },
    {
      name: 'webhooks-hear-and-are-not-called',
      comment: 'Webhooks tell what happened; nobody depends on them but the application, and the list of tables.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(webhooks/|app\\.module\\.ts|database\\.ts)' },
      to: { path: '^src/webhooks/' },
    },
    {
      name: 'services-do-not-know-the-outside',
      comment: 'Services and entities know nothing of controllers, presenters and envelopes.',
      severity: 'error',
      from: { path: '(service|entity)\\.ts$' },
      to: { path: '(controller|presenter)\\.ts$|^src/http/(answers|surface)' },
    },
    {
      name: 'only-the-app-knows-all',
      comment: 'Modules do not reach up to what puts them together.',
      severity: 'error',
      from: { path: '^src/.+/' },
      to: { path: '^src/(app|app\\.module|main)\\.ts$' },
    },
    between(
      'access-is-a-leaf',
      'Who may do what is readable without knowing who there is.',
      'access',
      ...allBut('access'),
    ),
    between(
      'idempotency-knows-callers',
      'Routes say that they can be repeated; what they do is none of its business.',
      'idempotency',
      ...allBut('access', 'idempotency'),
    ),
    between(
      'accounts-know-no-keys',
      'Keys belong to accounts, not the other way round.',
      'accounts',
      ...allBut('access', 'accounts'),
    ),
    between(
      'keys-know-accounts',
      'Between modules: auth, services, applications → api-keys → accounts.',
      'api-keys',
      ...allBut('access', 'accounts', 'api-keys'),
    ),
    between(
      'applications-know-keys',
      'Applications own keys. Their guard lets repeated requests pass.',
      'applications',
      ...allBut('access', 'accounts', 'api-keys', 'applications', 'idempotency'),
    ),
    between(
      'merchant-keys-know-applications',
      'What a merchant does with its keys, for an application or for none.',
      'merchant-keys',
      ...allBut('access', 'accounts', 'api-keys', 'applications', 'idempotency', 'merchant-keys'),
    ),
    between(
      'auth-knows-verification',
      'Logins, and key pairs, which verification knows to be good.',
      'auth',
      ...allBut('access', 'accounts', 'auth', 'verification'),
    ),
    between(
      'oauth-knows-verification',
      'A session is opened by a good key, and is good for as long as its key is.',
      'oauth',
      ...allBut('access', 'api-keys', 'oauth', 'verification'),
    ),
    between(
      'observability-sees-verification',
      'Modules tell what can be told of them by themselves; only whether this instance is ready has to be asked.',
      'observability',
      ...allBut('access', 'observability', 'verification'),
    ),
    between(
      'exposures-know-verification',
      'Verification knows which key a text is; keys are retired where all keys are.',
      'exposures',
      ...allBut('access', 'accounts', 'api-keys', 'exposures', 'verification'),
    ),
    between(
      'services-know-keys',
      'Services make keys.',
      'services',
      ...allBut('access', 'accounts', 'api-keys', 'services'),
    ),
    {
      name: 'verification-reads-entities',
      comment: 'Verification is told of applications and accounts by their tables alone.',
      severity: 'error',
      from: { path: '^src/verification/' },
      to: {
        path: '^src/(accounts|applications|auth|gateway|merchant-keys|oauth|observability|services|audit)/',
        pathNot: 'entity\\.ts$',
      },
    },
    {
      name: 'housekeeping-knows-no-jobs',
      comment: 'Jobs are with what they look after; who runs them knows accounts by their table alone.',
      severity: 'error',
      from: { path: '^src/housekeeping/' },
      to: { path: `^src/(${allBut('access').join('|')})/`, pathNot: 'entity\\.ts$' },
    },
    {
      name: 'no-dev-dependencies',
      comment: 'What runs in production is installed in production.',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
