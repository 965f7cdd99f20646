// Generated from openapi.json by generator/generate.js. Do not edit.

import type { Transport } from '../transport/transport.js';
import { Auth } from './auth.js';
import { Applications } from './applications.js';
import { ApplicationKeys } from './application-keys.js';
import { Keys } from './keys.js';
import { Verification } from './verification.js';
import { Oauth } from './oauth.js';
import { Verifiers } from './verifiers.js';
import { Insight } from './insight.js';
import { PortalSessions } from './portal-sessions.js';
import { SharedLimits } from './shared-limits.js';
import { Bulk } from './bulk.js';
import { Imports } from './imports.js';
import { Exposures } from './exposures.js';
import { Webhooks } from './webhooks.js';
import { AuditEvents } from './audit-events.js';
import { Notifications } from './notifications.js';
import { Members } from './members.js';
import { Merchants } from './merchants.js';
import { SecondFactors } from './second-factors.js';
import { Sessions } from './sessions.js';
import { Console } from './console.js';
import { ClientAuth } from './client-auth.js';
import { ClientKeys } from './client-keys.js';
import { AccountAuth } from './account-auth.js';
import { Account } from './account.js';
import { PersonalKeys } from './personal-keys.js';
import { Housekeeping } from './housekeeping.js';
import { Instances } from './instances.js';
import { Health } from './health.js';

/** Everything that the server can do, by the tags of its OpenAPI document. */
export class Resources {
  /** Log in and out. The token of a login is valid on every surface. */
  readonly auth: Auth;
  /** Applications, which keys belong to. A disabled application disables all its keys. */
  readonly applications: Applications;
  /** An application's keys. `keys` reaches them as well, by their ids alone. */
  readonly applicationKeys: ApplicationKeys;
  /** Keys of applications and of the merchant itself. A full key is shown once. */
  readonly keys: Keys;
  /** For gateways and services: whether a key is valid, and what it may do. */
  readonly verification: Verification;
  /**
   * Sessions that keys open (OAuth 2.0), so that a secret need not travel with every request. Requests are forms, errors `{error}` (RFC 6749).
   */
  readonly oauth: Oauth;
  /**
   * For verification in the process of a service, by `@keywright/verifier`: what it may remember, and what it has to forget.
   */
  readonly verifiers: Verifiers;
  /** How keys are used, and which of them need attention. */
  readonly insight: Insight;
  /** Keys of your customers, which they manage themselves in your page or in one of this server. */
  readonly portalSessions: PortalSessions;
  /** Limits that all keys with the same external id share. */
  readonly sharedLimits: SharedLimits;
  /** Changes to many keys at once, after a dry run. */
  readonly bulk: Bulk;
  /** Keys of a former system, which go on working by their hashes. */
  readonly imports: Imports;
  /** Reports of leaked keys, and what the server does about them. */
  readonly exposures: Exposures;
  /** Endpoints that receive events, and their deliveries (Standard Webhooks). */
  readonly webhooks: Webhooks;
  /** Who did what, in a chain that shows every later change. */
  readonly auditEvents: AuditEvents;
  /** The events that you are told of by mail. */
  readonly notifications: Notifications;
  /** A merchant's people, and the keys that they leave behind. */
  readonly members: Members;
  /** Merchants, to which members, applications and keys belong, and their policies. */
  readonly merchants: Merchants;
  /** Authenticator apps, passkeys and recovery codes of your own account. */
  readonly secondFactors: SecondFactors;
  /** Your logins, each of which you can end. */
  readonly sessions: Sessions;
  /**
   * Sessions of the console, whose login token is in a cookie. Requests to them send `X-Keywright-Console: 1`, and so does every request with the cookie.
   */
  readonly console: Console;
  /** Log in and out on the clients surface. Answers are `{status, message, data}`. */
  readonly clientAuth: ClientAuth;
  /** Service IDs, and keys whose secrets can be listed again. Answers are `{status, message, data}`. */
  readonly clientKeys: ClientKeys;
  /** Log in and out on the accounts surface. Answers are `{result, …}`. */
  readonly accountAuth: AccountAuth;
  /**
   * Your own account. Paths in `/jwt` take a login token, paths in `/key` a key and its secret as HTTP Basic. Answers are `{result, …}`.
   */
  readonly account: Account;
  /**
   * Keys of a person, which end with the account. Paths in `/jwt` take a login token, paths in `/key` a key and its secret as HTTP Basic.
   */
  readonly personalKeys: PersonalKeys;
  /** The scheduled jobs, the outcome of their latest runs, and runs beside their schedules. */
  readonly housekeeping: Housekeeping;
  /**
   * The processes of the server, with their versions and leases, and how long revocations waited for them.
   */
  readonly instances: Instances;
  /**
   * For load balancers and supervisors: whether this server is ready for requests, and whether it answers.
   */
  readonly health: Health;

  constructor(transport: Transport) {
    this.auth = new Auth(transport);
    this.applications = new Applications(transport);
    this.applicationKeys = new ApplicationKeys(transport);
    this.keys = new Keys(transport);
    this.verification = new Verification(transport);
    this.oauth = new Oauth(transport);
    this.verifiers = new Verifiers(transport);
    this.insight = new Insight(transport);
    this.portalSessions = new PortalSessions(transport);
    this.sharedLimits = new SharedLimits(transport);
    this.bulk = new Bulk(transport);
    this.imports = new Imports(transport);
    this.exposures = new Exposures(transport);
    this.webhooks = new Webhooks(transport);
    this.auditEvents = new AuditEvents(transport);
    this.notifications = new Notifications(transport);
    this.members = new Members(transport);
    this.merchants = new Merchants(transport);
    this.secondFactors = new SecondFactors(transport);
    this.sessions = new Sessions(transport);
    this.console = new Console(transport);
    this.clientAuth = new ClientAuth(transport);
    this.clientKeys = new ClientKeys(transport);
    this.accountAuth = new AccountAuth(transport);
    this.account = new Account(transport);
    this.personalKeys = new PersonalKeys(transport);
    this.housekeeping = new Housekeeping(transport);
    this.instances = new Instances(transport);
    this.health = new Health(transport);
  }
}
