// What the console takes from the SDK: its transport and the operations that the pages call, so that no others are sent to the browser.
export { Account } from '../../../packages/sdk/src/resources/account.js';
export { AccountAuth } from '../../../packages/sdk/src/resources/account-auth.js';
export { ApplicationKeys } from '../../../packages/sdk/src/resources/application-keys.js';
export { Applications } from '../../../packages/sdk/src/resources/applications.js';
export { Auth } from '../../../packages/sdk/src/resources/auth.js';
export { AuditEvents } from '../../../packages/sdk/src/resources/audit-events.js';
export { Bulk } from '../../../packages/sdk/src/resources/bulk.js';
export { Insight } from '../../../packages/sdk/src/resources/insight.js';
export { Keys, type ListMerchantApiKeysOptions } from '../../../packages/sdk/src/resources/keys.js';
export { Members } from '../../../packages/sdk/src/resources/members.js';
export { SecondFactors } from '../../../packages/sdk/src/resources/second-factors.js';
export { Sessions } from '../../../packages/sdk/src/resources/sessions.js';
export { KeywrightError, type ErrorDetail } from '../../../packages/sdk/src/transport/error.js';
export { Console } from '../../../packages/sdk/src/resources/console.js';
export { Transport } from '../../../packages/sdk/src/transport/transport.js';
export type { WithResponse } from '../../../packages/sdk/src/transport/answer.js';
export type { Call } from '../../../packages/sdk/src/transport/request.js';
export type * from '../../../packages/sdk/src/document/schemas.js';
