import { PageView } from '../http/page.dto.js';
import { IsText } from '../http/text.js';

/** A key to make for an application. */
export class CreateApplicationKeyBody {
  /**
   * What the key is for, 1 to 50 characters.
   * @example "Production API key for checkout service"
   */
  @IsText(50)
  description: string;
}

/** A key at the only moment that it is shown in full. */
export class CreatedApplicationKeyView {
  /** @example "f7fa38ec-0e19-405c-820f-bf65912ab4ec" */
  id: string;

  /** @example "5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11" */
  applicationId: string;

  /**
   * The key, for `Authorization: Bearer`. Save it: it is never shown again.
   * @example "ks_live_abc1XYZabc1XYZabSecretSecretSecretSecretSecre0CHECK"
   */
  fullKey: string;

  /**
   * Its first 12 characters, by which to tell it from others.
   * @example "ks_live_abc1"
   */
  keyPrefix: string;

  /** @example "Production API key for checkout service" */
  description: string;

  /** @example "2026-02-23T13:30:00.000Z" */
  createdAt: string;
}

/** A key of an application. */
export class ApplicationKeyView {
  /** @example "f7fa38ec-0e19-405c-820f-bf65912ab4ec" */
  id: string;

  /** @example "5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11" */
  applicationId: string;

  /** @example "ks_live_abc1" */
  keyPrefix: string;

  /** @example "Production API key for checkout service" */
  description: string;

  /**
   * What it may do, 0 to 8.
   * @example 4
   */
  level: number;

  /** What it is limited to; `null` is no limit. */
  scopes: string[] | null;

  /** Whether it is accepted. */
  status: 'active' | 'disabled' | 'expired';

  /** @example "2026-02-23T13:30:00.000Z" */
  createdAt: string;

  /** When it ends; `null` is never. */
  expiresAt: string | null;

  /** The latest good use; `null` is none yet. */
  lastUsedAt: string | null;
}

export class ApplicationKeyPage extends PageView {
  items: ApplicationKeyView[];
}
