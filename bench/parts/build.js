// Everything that `parts` takes from the build.
export { Public } from '../../dist/src/access/requires.js';
export { Account } from '../../dist/src/accounts/account.entity.js';
export { AccountsService } from '../../dist/src/accounts/accounts.service.js';
export { Merchant } from '../../dist/src/accounts/merchant.entity.js';
export { ApiKey } from '../../dist/src/api-keys/api-key.entity.js';
export { SecretHasher } from '../../dist/src/api-keys/credentials/secret-hasher.js';
export { createApp } from '../../dist/src/app.js';
export { Application } from '../../dist/src/applications/application.entity.js';
export { loadConfig } from '../../dist/src/platform/config/config.js';
export { dataSourceOptions } from '../../dist/src/platform/database/data-source.js';
export { migrate } from '../../dist/src/platform/database/schema.js';
export { SingleFlightReads } from '../../dist/src/platform/database/single-flight-reads.js';
export {
  advance,
  holdRow,
  holdRows,
  insertOrChange,
  insertRows,
  readRow,
} from '../../dist/src/platform/database/statements.js';
export { Transactions } from '../../dist/src/platform/database/transactions/transactions.js';
export { requestIds } from '../../dist/src/platform/http/request-id.js';
export { Histogram } from '../../dist/src/platform/observability/metrics/histogram.js';
export { KeyRevision } from '../../dist/src/verification/barrier/key-change.entity.js';
export { CachedKeyReader } from '../../dist/src/verification/cache/cached-key.js';
export { RevokedSession } from '../../dist/src/verification/cache/revoked-session.entity.js';
export { VerificationHttpModule } from '../../dist/src/verification/http/verification-http.module.js';
export { VerificationRoutes } from '../../dist/src/verification/http/verification.routes.js';
export { RateWindows } from '../../dist/src/verification/limits/windows.js';
export { OutcomeCounts } from '../../dist/src/verification/outcome-counts.js';
