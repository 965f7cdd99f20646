// How operations are named in the package: by rule, and by hand only where the rule reads badly.
//
// A tag is a resource: "Shared limits" is `sharedLimits`. A method is the operation's id without the nouns of its resource: `listSharedLimits` is
// `sharedLimits.list`. Where two methods would have the same name, the later one keeps its whole id. A new operation or tag needs no entry here.

/** Resources whose name or nouns are not those of the tag. */
const RESOURCES = {
  Login: { name: 'auth', nouns: ['Merchant'] },
  'API keys': { name: 'keys', nouns: ['MerchantApiKeys', 'MerchantApiKey'] },
  Verification: { name: 'verification', nouns: ['Keys', 'Key'] },
  'Bulk operations': { name: 'bulk', nouns: ['MerchantApiKeys'] },
  Insight: { name: 'insight', nouns: ['Merchant'] },
  Import: { name: 'imports', nouns: ['Import'] },
  Exposures: { name: 'exposures', nouns: ['Exposures', 'Exposure'] },
  Housekeeping: { name: 'housekeeping', nouns: ['Housekeeping'] },
  'Client login': { name: 'clientAuth', nouns: ['Client'] },
  'Client API keys': { name: 'clientKeys', nouns: ['ClientApiKeys', 'ClientApiKey'] },
  'Account login': { name: 'accountAuth', nouns: ['Account'] },
  'Personal API keys': { name: 'personalKeys', nouns: ['PersonalApiKeys', 'PersonalApiKey'] },
};

/** Operations that form a resource of their own within a tag, found by a noun in their ids. */
const SUBSETS = {
  'API keys': [
    {
      noun: 'ApplicationApiKey',
      name: 'applicationKeys',
      nouns: ['ApplicationApiKeys', 'ApplicationApiKey'],
      description: "An application's keys. `keys` reaches them as well, by their ids alone.",
    },
  ],
};

const METHODS = {
  verifyKeys: 'verifyMany',
  deleteClientApiKeys: 'deleteMany',
  importMerchantApiKeys: 'create',
  importMerchantApiKeyLines: 'createFromLines',
  endOtherSessions: 'endOthers',
};

/**
 * POST operations that may be repeated although they take no Idempotency-Key: they create nothing, or nothing twice. An import leaves the keys
 * that the merchant already has as they are.
 */
export const REPEATABLE = new Set([
  'verifyKey',
  'verifyKeys',
  'introspectAccessToken',
  'revokeAccessToken',
  'importMerchantApiKeys',
  'importMerchantApiKeyLines',
]);

const pascal = (words) => words.replace(/(^|[^A-Za-z0-9]+)([A-Za-z0-9])/g, (_all, _gap, first) => first.toUpperCase());
export const uncapitalize = (word) => word[0].toLowerCase() + word.slice(1);
export const capitalize = (word) => word[0].toUpperCase() + word.slice(1);

/** "OAuth" is `oauth`, "Audit events" is `auditEvents`. */
function resourceByRule(tag) {
  const plural = pascal(tag.toLowerCase());
  return { name: uncapitalize(plural), nouns: [plural, plural.replace(/s$/, '')] };
}

/** @returns the resource of an operation: its name, its nouns and its description */
export function findResource(operationId, tag) {
  const subset = SUBSETS[tag.name]?.find(({ noun }) => operationId.includes(noun));
  return subset ?? { ...(RESOURCES[tag.name] ?? resourceByRule(tag.name)), description: tag.description };
}

/** @returns the name of an operation's method, which is not among those that are taken */
export function findMethod(operationId, { nouns }, taken) {
  const ofNoun = nouns.find((noun) => new RegExp(`[a-z]${noun}(?![a-z])`).test(operationId));
  const byRule = ofNoun === undefined ? operationId : operationId.replace(ofNoun, '');
  const name = METHODS[operationId] ?? byRule;
  return taken.has(name) ? operationId : name;
}
