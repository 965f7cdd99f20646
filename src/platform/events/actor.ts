/** Who performs an action, and from where; every audit record names its actor. */
export interface Actor {
  kind: 'account' | 'key' | 'visitor' | 'system';
  accountId: number | null;
  keyId: string | null;
  /** The login session of an account that acts by a login token. */
  sessionId?: string | null;
  /** Whether the key belongs to a merchant, and not to a person: what it may do does not depend on who created it. */
  isMerchantKey?: boolean;
  /** The portal session in which an end user acts for the account or the key, and the scopes that bound what the user may do. */
  portal?: { sessionId: string; scopes: readonly string[] | null };
  /** In an audited event: the uuid of the actor's account, by which the list of members knows it; `null` without an account. */
  memberId?: string | null;
  /** In an audited event: the username of the actor's account at the time; `null` without an account. */
  username?: string | null;
  address: string | null;
  userAgent: string | null;
  requestId: string | null;
}

/** The server itself, as the actor of scheduled jobs and of the first start. */
export const SYSTEM: Actor = {
  kind: 'system',
  accountId: null,
  keyId: null,
  address: null,
  userAgent: null,
  requestId: null,
};
