const { readdirSync } = require('node:fs');

/**
 * Which way imports go, types included. The folders within a folder stand in an order: each imports only from those before it, so that no two of
 * them depend on each other, directly or through others. A module file may import from the folders below its own.
 */
const ORDER = {
  'console/src': {
    texts: 'What is written does not depend on where.',
    api: 'How the server is asked does not depend on what is shown.',
    ui: 'Buttons, fields and dialogs know no keys.',
    session: 'Who is signed in does not depend on what there is to see.',
    charts: 'A chart draws numbers, whatever they count.',
    usage: 'Counts are shown alike, whatever was counted.',
    events: 'Events are listed alike, whatever they are about.',
    applications: 'Keys belong to applications.',
    'key-parts': 'What a key is looks alike in lists and on its page.',
    'key-forms': 'Keys are created and changed by the same form.',
    keys: 'The list leads to the page of a key.',
    key: 'The page of a key needs no list.',
    overview: 'The overview leads to lists by their addresses.',
    members: 'Members are shown whatever keys they have.',
    webhooks: 'Endpoints receive events of whatever there is.',
    policies: 'What happens to keys by itself is decided whatever keys there are.',
    audit: 'The trail is read whatever it is about.',
    merchant: 'What a merchant is does not depend on what it has.',
    imports: 'Keys are imported whatever keys there are.',
    merchants: 'An operator decides about merchants whatever they have.',
    accounts: 'Accounts of all merchants are members of theirs.',
    traffic: 'What is verified in all is shown as that of one key.',
    instances: 'Instances run whatever they serve.',
    housekeeping: 'Jobs run whatever they look after.',
    'client-keys': 'Keys of a client are created as other keys are.',
    'my-keys': 'Keys of a person are created as other keys are.',
    settings: 'What a person decides about the own account concerns no other page.',
    shell: 'The shell holds all pages.',
    styles: 'Styles need no code.',
  },
  'packages/sdk/src': {
    document: 'What the OpenAPI document describes needs no code.',
    transport: 'How requests are sent does not depend on what can be asked.',
    resources: 'Operations are sent by the transport.',
  },
  'packages/verifier/src': {
    credentials: 'Whether a text can be a key does not depend on what is known.',
    decision: 'A key is decided on by what is known of it, wherever that comes from.',
    server: 'How the server is spoken to does not depend on what is asked.',
    usage: 'Uses are reported, whatever was remembered of the key.',
    memory: 'Answers are remembered and forgotten, whoever says so.',
    lease: 'A lease says for how long the memory may be trusted, and what is to be forgotten.',
    asking: 'What is asked is remembered, as far as nothing has changed.',
    middleware: 'A request is let in or refused by a verdict, however that was reached.',
  },
  src: {
    platform: 'Every product of this kind could stand on the platform: it knows nothing of keys and their owners.',
    access: 'Who may do what is readable without knowing who there is.',
    idempotency: 'A route declares that its requests can be repeated; what it does is not the concern of this folder.',
    accounts: 'Keys belong to accounts and merchants, not the other way round.',
    pages: 'Links in mails lead to pages, whose forms do what the API does.',
    auth: 'A login needs an account, never a key.',
    console: 'The console has the logins that there are, and needs no operations of its own.',
    services: 'A Service ID is issued to an account.',
    applications: 'An application belongs to a merchant, and asks a port about its keys.',
    'api-keys': 'Keys know their owners and what they are for, but not who verifies them.',
    verification: 'Verification reads what keys depend on; modules that build on it are handed in by the application.',
    oauth: 'A session is opened by a valid key, and is valid as long as its key is.',
    exposures: 'Exposed texts are verified, and their keys revoked where all keys are.',
    portal: 'End users manage keys as their merchants do, and what is verified does not depend on who created it.',
    offboarding: 'A member leaves with everything that depends on the member.',
    housekeeping: 'Jobs are defined beside the data they maintain; the runner knows none of them.',
    audit: 'The audit trail listens to domain events; what happens does not depend on it.',
    backup: 'A backup holds everything, and no other module depends on it.',
    notifications: 'Mails are written from the audit trail; no other module depends on them.',
    webhooks: 'Webhooks are written from the audit trail; what happens does not depend on them.',
    disclosure: 'What is stored of somebody is shown as each part shows it.',
    erasure: 'Who is forgotten is forgotten everywhere, the audit trail included.',
    cli: 'Programs compose the application; nothing but the entry point depends on them.',
  },
  'src/accounts': {
    sessions: 'A session knows the number of its account, and nothing else of it.',
    'second-factors': 'What an account has, and what it must have, does not depend on how that is proven.',
    links: 'A link names an account, or an address.',
    mails: 'A mail is sent to an address, for whatever reason.',
    passwords: 'A change of a login needs the password or a fresh session.',
    merchants: 'A merchant exists before its members.',
    members: 'Members belong to a merchant.',
    'own-account': 'A person changes the own account, and may sign up with a merchant of its own.',
  },
  'src/api-keys': {
    credentials: 'How a credential is written, hashed and encrypted does not depend on what keys may do.',
    permissions: 'What may be granted is decided before anything is issued or changed.',
    policy: 'How long keys may live is decided before anything is issued or changed.',
    uses: 'The uses of a key are recorded whatever its surface.',
    retention: 'Keys expire and idle on every surface alike.',
    clients: 'Surfaces stand beside each other, on what keys have in common.',
    accounts: 'Surfaces stand beside each other, on what keys have in common.',
    merchants: 'Surfaces stand beside each other, on what keys have in common.',
  },
  'src/api-keys/merchants': {
    import: 'Imported keys need no list.',
    list: 'Finding keys does not depend on what is done with them.',
    hygiene: 'Keys are counted by the conditions that list them.',
    bulk: 'Bulk operations select keys as the list does.',
    'shared-limits': 'Limits of an external id are set whatever keys have it.',
    'self-rotation': 'A key that rotates itself is found by its credential alone.',
  },
  'src/auth': {
    'second-factor': 'How a second factor is set up and proven is independent of what it is proven for.',
    'second-step': 'A login asks for second factors.',
    oidc: 'A provider authenticates people for the login that passwords lead to as well.',
  },
  'src/cli': {
    shell: 'What a command is given by the shell and gives back to it does not depend on what the command does.',
    seed: 'Example data is made by the services of the application.',
    restore: 'A restore needs no example.',
    application: 'A command runs the application only with the secrets of its database, as a restore does.',
    admin: 'Whoever has the server helps people log in, whatever else there is.',
    keys: 'A key is found and revoked whoever has an account.',
    merchants: 'A merchant is exported and deleted whatever keys it has.',
    doctor: 'What is wrong is told apart from what is done about it.',
    audit: 'The trail is read, whatever else is done.',
    serving: 'A server is started and stopped whatever other commands there are.',
    secrets: 'What needs which secret is asked of the database.',
    usage: 'The usage of a command loads its code when the command is called.',
  },
  'src/exposures': {
    github: "GitHub's protocol is independent of how a merchant reacts.",
    policy: 'A policy applies to exposures from any source.',
  },
  'src/platform': {
    events: 'Domain events and errors are plain data.',
    runtime: 'Clock, background tasks and buffers need no configuration.',
    validation: 'What a valid value is does not depend on where it comes from.',
    config: 'The configuration is validated before anything is built from it.',
    observability: 'Components register metrics and checks; observability asks them through these registries.',
    database: 'The database knows no HTTP.',
    secrets: 'Whether the secrets are those of the database is asked of the database.',
    jobs: 'Jobs work in transactions.',
    limits: 'Limits are counted together by all instances, in the database where there is no Redis.',
    http: 'Surfaces answer errors of every layer below.',
    monitoring: 'Probes and scrapers ask over HTTP.',
    openapi: 'The document describes what the other layers declare.',
  },
  'src/platform/database': {
    mysql: 'How a MySQL or MariaDB server is spoken to does not depend on what is asked of it.',
    sqlite: 'The threads of SQLite know nothing of what is stored.',
    galera: 'Conflict rows are needed by locks, and need none.',
    migrations: 'Migrations are written once, in terms of the query runner.',
    transactions: 'Transactions are the only way to change the database.',
  },
  'src/platform/http': {
    paging: 'Pages and cursors are the same on every surface.',
    surfaces: 'A surface is a set of paths with an envelope.',
    input: 'What a route takes is validated by the rules of its surface.',
  },
  'src/platform/observability': {
    health: 'Health checks are registered by components.',
    logs: 'A log line needs no metrics.',
    metrics: 'Metrics are registered by components.',
    traces: 'Spans are recorded when traces are on.',
  },
  'src/verification': {
    cache: 'The cache serves entries and forgets them; it does not know why.',
    journal: 'What is taken away is written to the disk, whoever waits for it.',
    barrier: 'The barrier invalidates caches and waits for all instances.',
    limits: 'Limits are counted after a key has been found valid.',
    usage: 'Usage is counted after the outcome is known.',
    verifiers: 'Verifiers in other processes rely on the lease, and report what they decide as usage.',
    http: 'The fast path calls the service of this folder.',
  },
  'src/verification/http': {
    limits: 'What is left of a limit is read whatever was counted.',
    instances: 'Instances are shown as they describe themselves.',
    usage: 'What was counted is shown whoever has counted it.',
    verifiers: 'Verifiers are answered as other callers are.',
  },
  'src/verification/limits': {
    quotas: 'A quota is counted in blocks of days and months.',
    rates: 'A rate is counted in windows of seconds, and knows no quota.',
  },
  'src/webhooks': {
    targets: 'Whether a URL may be called is decided before it is stored or used.',
    sending: 'Sending takes deliveries and endpoints from their tables.',
    endpoints: 'Endpoints wake the sending.',
    deliveries: 'Deliveries belong to endpoints.',
  },
};

function folderRules(parent, order) {
  const folders = Object.keys(order);
  const present = readdirSync(parent, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const unlisted = present.map(({ name }) => name).filter((name) => !folders.includes(name));
  if (unlisted.length > 0)
    throw new Error(`${parent}: give ${unlisted.join(', ')} a place in .dependency-cruiser.cjs.`);
  return folders.slice(0, -1).map((folder, index) => ({
    name: `${parent.replace(/^src\/?/, '') || 'top'}:${folder}`,
    comment: order[folder],
    severity: 'error',
    from: { path: `^${parent}/${folder}/` },
    to: { path: `^${parent}/(${folders.slice(index + 1).join('|')})/` },
  }));
}

/** Folders with several folders in them must have an order. */
function assertOrdered(folder) {
  const folders = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  if (folders.length > 1 && !(folder in ORDER))
    throw new Error(`${folder}: give its folders an order in .dependency-cruiser.cjs.`);
  for (const { name } of folders) assertOrdered(`${folder}/${name}`);
}
assertOrdered('src');
assertOrdered('console/src');
assertOrdered('packages/sdk/src');
assertOrdered('packages/verifier/src');

module.exports = {
  forbidden: [
    ...Object.entries(ORDER).flatMap(([parent, order]) => folderRules(parent, order)),
    {
      name: 'no-cycles-between-files',
      comment: 'A file that imports itself through others can be understood only together with them.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-orphans',
      comment: 'A file that nothing imports has no user and goes.',
      severity: 'error',
      from: { orphan: true, path: '^src/', pathNot: '^src/main\\.ts$' },
      to: {},
    },
    {
      name: 'services-do-not-know-the-surface',
      comment: 'Services and entities know nothing of controllers, presenters and envelopes.',
      severity: 'error',
      from: { path: '(service|entity)\\.ts$' },
      to: { path: '(controller|presenter)\\.ts$|^src/platform/http/surfaces/' },
    },
    {
      name: 'only-the-root-composes',
      comment: 'Only the composition root knows the whole application and the list of all tables; programs start it.',
      severity: 'error',
      from: { path: '^src/.+/', pathNot: '^src/cli/' },
      to: { path: '^src/[^/]+\\.ts$' },
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
