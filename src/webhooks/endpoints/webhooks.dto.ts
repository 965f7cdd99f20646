import { ArrayMaxSize, ArrayMinSize, IsArray, IsBoolean, IsInt, IsOptional, Max, Min } from 'class-validator';
import { IsOmittable } from '../../platform/validation/omittable.js';
import { PageView } from '../../platform/http/paging/page.dto.js';
import { IsText } from '../../platform/validation/text.js';
import { SUBSCRIBABLE } from '../event-types.js';
import { AreEvents } from './subscription.js';
import { URL_LENGTH } from '../webhook-endpoint.entity.js';
import { IsId } from '../../platform/validation/uuid.js';

/** The longest overlap: 30 days. */
const OVERLAP_MAX_SECONDS = 2_592_000;

/** An endpoint to create. */
export class CreateWebhookBody {
  /**
   * The URL to deliver to: https, with a public address. Outside production, http is accepted.
   * @example "https://example.com/keywright"
   */
  @IsText(URL_LENGTH)
  url: string;

  /**
   * The event types, groups of types (`api_key.*`), or all (`*`).
   * @example ["api_key.*", "quota.threshold"]
   */
  @AreEvents()
  @ArrayMaxSize(SUBSCRIBABLE.length)
  @ArrayMinSize(1)
  @IsArray()
  events: string[];

  /**
   * A description of 1 to 250 characters.
   * @example "Tells the shop"
   */
  @IsOptional()
  @IsText(250)
  description?: string | null;

  /**
   * Restricts the events to this application and its keys.
   * @example "5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11"
   */
  @IsOptional()
  @IsId()
  applicationId?: string | null;
}

/** Changes to an endpoint. */
export class UpdateWebhookBody {
  /**
   * The new URL, also for pending deliveries.
   * @example "https://example.com/keywright"
   */
  @IsOmittable()
  @IsText(URL_LENGTH)
  url?: string;

  /**
   * The event types, groups of types (`api_key.*`), or all (`*`).
   * @example ["*"]
   */
  @IsOmittable()
  @AreEvents()
  @ArrayMaxSize(SUBSCRIBABLE.length)
  @ArrayMinSize(1)
  @IsArray()
  events?: string[];

  /**
   * A description of 1 to 250 characters; `null` removes it.
   * @example "Tells the shop"
   */
  @IsOptional()
  @IsText(250)
  description?: string | null;

  /** `false` stops deliveries and drops further events. `true` resumes the endpoint, also after a pause by the server, and sends what is parked. */
  @IsOmittable()
  @IsBoolean()
  enabled?: boolean;
}

/** The replacement of an endpoint's secret. */
export class RotateWebhookSecretBody {
  /**
   * How long deliveries are also signed with the previous secret, in seconds, up to 30 days; by default a day.
   * @example 86400
   */
  @IsOmittable()
  @IsInt()
  @Min(0)
  @Max(OVERLAP_MAX_SECONDS)
  overlapSeconds?: number;
}

/** An endpoint that receives a merchant's events. */
export class WebhookView {
  /**
   * The id of the endpoint.
   * @example "0b0a5c0e-7c3e-4f63-9d1b-9f0a4f6a2f10"
   */
  id: string;

  /**
   * The URL that events are delivered to.
   * @example "https://example.com/keywright"
   */
  url: string;

  /**
   * The event types, groups of types (`api_key.*`), or all (`*`).
   * @example ["api_key.*", "quota.threshold"]
   */
  events: string[];

  /**
   * What the endpoint is for; `null` for no description.
   * @example "Tells the shop"
   */
  description: string | null;

  /** The application whose events it receives; `null` for all events of the merchant. */
  applicationId: string | null;

  /** Whether its owner has enabled it. */
  enabled: boolean;

  /** When the server paused it; further deliveries are parked. */
  pausedAt: string | null;

  /** Why the server paused it: a day of failures, or a response of 410 Gone. */
  pauseReason: 'failing' | 'gone' | null;

  /**
   * The number of failed attempts since the last success.
   * @example 0
   */
  consecutiveFailures: number;

  /** Until when deliveries are also signed with the previous secret. */
  previousSecretValidUntil: string | null;

  /**
   * When the endpoint was created.
   * @example "2026-11-21T13:30:00.000Z"
   */
  createdAt: string;

  /**
   * When the endpoint was last changed.
   * @example "2026-11-21T13:30:00.000Z"
   */
  updatedAt: string;
}

/** An endpoint with its secret, which is shown this once. */
export class WebhookWithSecretView extends WebhookView {
  /**
   * The secret that signs deliveries, in the form that Standard Webhooks libraries take.
   * @example "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo="
   */
  secret: string;
}

export class WebhookPage extends PageView {
  /** The endpoints on this page. */
  items: WebhookView[];
}
