import { ArrayMaxSize, ArrayMinSize, IsArray, IsBoolean, IsInt, IsOptional, IsUUID, Max, Min } from 'class-validator';
import { IsOmittable } from '../../platform/validation/omittable.js';
import { PageView } from '../../platform/http/paging/page.dto.js';
import { IsText } from '../../platform/validation/text.js';
import { SUBSCRIBABLE } from '../event-types.js';
import { AreEvents } from './subscription.js';
import { URL_LENGTH } from '../webhook-endpoint.entity.js';

/** Thirty days. */
const OVERLAP_MAX_SECONDS = 2_592_000;

/** Where to be told of what. */
export class CreateWebhookBody {
  /**
   * Where to send: https, to a public address. Outside production http will do.
   * @example "https://hooks.shop.example/keywright"
   */
  @IsText(URL_LENGTH)
  url: string;

  /**
   * Types of events, all of a kind (`api_key.*`), or everything (`*`).
   * @example ["api_key.*", "quota.threshold"]
   */
  @AreEvents()
  @ArrayMaxSize(SUBSCRIBABLE.length)
  @ArrayMinSize(1)
  @IsArray()
  events: string[];

  /**
   * 1 to 250 characters.
   * @example "Tells the shop"
   */
  @IsOptional()
  @IsText(250)
  description?: string | null;

  /**
   * Only what happens to this application and its keys.
   * @example "5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11"
   */
  @IsOptional()
  @IsUUID()
  applicationId?: string | null;
}

/** What changes about an endpoint. */
export class UpdateWebhookBody {
  /**
   * Where to send from now on, also what is still to be sent.
   * @example "https://hooks.shop.example/keywright"
   */
  @IsOmittable()
  @IsText(URL_LENGTH)
  url?: string;

  /**
   * Types of events, all of a kind (`api_key.*`), or everything (`*`).
   * @example ["*"]
   */
  @IsOmittable()
  @AreEvents()
  @ArrayMaxSize(SUBSCRIBABLE.length)
  @ArrayMinSize(1)
  @IsArray()
  events?: string[];

  /**
   * 1 to 250 characters; `null` removes it.
   * @example "Tells the shop"
   */
  @IsOptional()
  @IsText(250)
  description?: string | null;

  /** `false`: nothing is sent, nor kept for later. `true`: goes on, also when the server had paused it, with what is parked. */
  @IsOmittable()
  @IsBoolean()
  enabled?: boolean;
}

/** How an endpoint's secret is replaced. */
export class RotateWebhookSecretBody {
  /**
   * How long deliveries are signed with the former secret, too, up to 30 days; a day, unless it is said.
   * @example 86400
   */
  @IsOmittable()
  @IsInt()
  @Min(0)
  @Max(OVERLAP_MAX_SECONDS)
  overlapSeconds?: number;
}

/** Where a merchant is told of what happens. */
export class WebhookView {
  /** @example "0b0a5c0e-7c3e-4f63-9d1b-9f0a4f6a2f10" */
  id: string;

  /** @example "https://hooks.shop.example/keywright" */
  url: string;

  /** @example ["api_key.*", "quota.threshold"] */
  events: string[];

  /** @example "Tells the shop" */
  description: string | null;

  /** Whose events alone are told; `null` is the whole merchant. */
  applicationId: string | null;

  /** Whether its owner wants it to be told. */
  enabled: boolean;

  /** Since when the server has stopped sending; what happens meanwhile is parked. */
  pausedAt: string | null;

  /** Why: a day of failures, or an answer that it is gone (410). */
  pauseReason: 'failing' | 'gone' | null;

  /**
   * Attempts since the last one that succeeded.
   * @example 0
   */
  consecutiveFailures: number;

  /** Until when deliveries are signed with the former secret, too. */
  previousSecretValidUntil: string | null;

  /** @example "2026-11-21T13:30:00.000Z" */
  createdAt: string;

  /** @example "2026-11-21T13:30:00.000Z" */
  updatedAt: string;
}

/** An endpoint at the only moment that its secret is shown. */
export class WebhookWithSecretView extends WebhookView {
  /**
   * What its deliveries are signed with, as libraries for Standard Webhooks take it.
   * @example "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo="
   */
  secret: string;
}

export class WebhookPage extends PageView {
  items: WebhookView[];
}
