import { PageView } from '../platform/http/paging/page.dto.js';

/** Describes a session in a path, with an example. */
export const SESSION_ID = ["The session's id.", '4c0f4f0e-58a4-4b51-9a3c-2f1f5d1f7c11'] as const;

/** A valid session: a login that has neither ended nor expired. */
export class SessionView {
  /**
   * The id of the session.
   * @example "4c0f4f0e-58a4-4b51-9a3c-2f1f5d1f7c11"
   */
  id: string;

  /** The time of the login. */
  createdAt: string;

  /** The time of the latest request, to the minute. */
  lastSeenAt: string;

  /** The time at which its login token expires. */
  expiresAt: string;

  /**
   * The address of the latest request.
   * @example "203.0.113.7"
   */
  address: string | null;

  /**
   * The `User-Agent` that logged in.
   * @example "Mozilla/5.0"
   */
  userAgent: string | null;

  /** Whether it is the session of this request. */
  isCurrent: boolean;
}

export class SessionPage extends PageView {
  /** The sessions on this page. */
  items: SessionView[];
}
