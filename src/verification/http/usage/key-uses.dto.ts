import { LastSourceView, PreviousKeyView } from '../../../api-keys/merchants/application-keys.dto.js';

/** When a scope of a key was last used. */
export class ScopeUseView {
  /**
   * The scope, as the key has it.
   * @example "payments:write"
   */
  scope: string;

  /**
   * When a valid verification last required what the scope grants, to the day; `null` if none has since this is recorded.
   * @example "2026-11-21T13:00:00.000Z"
   */
  lastUsedAt: string | null;
}

/** The uses of a previous full key in one hour. */
export class PreviousHourView {
  /**
   * The start of the hour (UTC).
   * @example "2026-11-21T13:00:00.000Z"
   */
  start: string;

  /**
   * The number of uses of the previous full key.
   * @example 25
   */
  count: number;

  /**
   * The number of uses of the key in the same hour, by either full key.
   * @example 100
   */
  total: number;

  /**
   * The share of the previous full key, in percent.
   * @example 25
   */
  percent: number;
}

/** The uses of a previous full key from one network by one program. */
export class PreviousSourceView extends LastSourceView {
  /**
   * The number of uses.
   * @example 25
   */
  count: number;

  /**
   * The start of the hour (UTC) of the last use.
   * @example "2026-11-21T13:00:00.000Z"
   */
  lastUsedIn: string;
}

/** Who still uses the full key that a rotation replaced. */
export class PreviousUsesView extends PreviousKeyView {
  /** The hours of the last 30 days in which it was used, in chronological order. */
  hours: PreviousHourView[];

  /** From where and by what it was used in the last 30 days, the busiest first; at most 50. */
  sources: PreviousSourceView[];
}

/** Who uses a key, and for what. Uses are recorded with a delay of a few seconds. */
export class KeyUsesView {
  /**
   * The id of the key.
   * @example "f7fa38ec-0e19-405c-820f-bf65912ab4ec"
   */
  keyId: string;

  /**
   * When the key was last verified successfully; `null` means never.
   * @example "2026-11-21T13:30:00.000Z"
   */
  lastUsedAt: string | null;

  /** From where the key was last used, of the uses of which that is known; `null` if there are none. */
  lastUsedFrom: LastSourceView | null;

  /** When each scope of the key was last used; `null` if the key is not restricted to scopes. */
  scopes: ScopeUseView[] | null;

  /** The full key before the latest rotation, while it is still valid; otherwise `null`. */
  previousKey: PreviousUsesView | null;
}
