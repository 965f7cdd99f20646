import type { KeyPolicyParts } from './key-policies.js';
import type { KeyPolicyRulesView, KeyPolicyView } from './key-policy.dto.js';
import type { KeyPolicy } from './key-policy.js';

export const presentKeyPolicy = ({ own, operator, effective, exceedingKeys }: KeyPolicyParts): KeyPolicyView => ({
  ...presentRules(effective),
  own: presentRules(own),
  operator: presentRules(operator),
  exceedingKeys,
});

const presentRules = ({ maxLifeSeconds, defaultLifeSeconds, expiryRequired }: KeyPolicy): KeyPolicyRulesView => ({
  maxLifeSeconds,
  defaultLifeSeconds,
  expiryRequired,
});
