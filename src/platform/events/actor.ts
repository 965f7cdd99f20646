/** Who does something, and from where: what every audit record says of its author. */
export interface Actor {
  kind: 'account' | 'key' | 'visitor' | 'system';
  accountId: number | null;
  keyId: string | null;
  address: string | null;
  userAgent: string | null;
  requestId: string | null;
}

/** The server itself, in scheduled jobs and at its first start. */
export const SYSTEM: Actor = {
  kind: 'system',
  accountId: null,
  keyId: null,
  address: null,
  userAgent: null,
  requestId: null,
};
