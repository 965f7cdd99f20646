import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayNotEmpty,
  IsArray,
  IsIn,
  IsInt,
  IsString,
  Length,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { IsOmittable } from '../../../platform/validation/omittable.js';
import { PageView } from '../../../platform/http/paging/page.dto.js';
import { IsText } from '../../../platform/validation/text.js';
import { OUTCOMES, type Outcome } from '../../outcome.js';

const NAME_MAX = 100;
const USES_MAX = 1000;
const SCOPES_MAX = 50;

/** The longest time for which changes are waited for, in milliseconds. */
const WAIT_MAX_MS = 1000;

/** The names by which a merchant tells its verifiers apart. */
export class AttachVerifierBody {
  /**
   * A name for people, such as that of the service and its host.
   * @example "checkout@web-3"
   */
  @IsOmittable()
  @IsText(NAME_MAX)
  name?: string;
}

/** A verifier: a process that verifies its merchant's keys itself. */
export class VerifierView {
  /**
   * The id.
   * @example "7d0c2c2e-9f0e-4a53-8d2a-6a1f5b0d9a11"
   */
  id: string;

  /**
   * The name that it was given; `null` if none.
   * @example "checkout@web-3"
   */
  name: string | null;

  /**
   * The key by which it was attached.
   * @example "2b7a7f6e-0d3c-4b0e-9c63-0e2f3a1c5d77"
   */
  keyId: string;

  /** Whether an instance tells it of changes now. */
  isConnected: boolean;

  /**
   * The uses of keys that it has reported.
   * @example 1840221
   */
  reportedUses: number;

  /**
   * When it last reported uses; `null` if never.
   * @example "2026-11-27T13:30:00.000Z"
   */
  reportedAt: string | null;

  /**
   * When it was attached.
   * @example "2026-11-27T09:00:00.000Z"
   */
  attachedAt: string;
}

export class AttachedVerifierView extends VerifierView {
  /**
   * Whether the merchant has imported keys. If not, a text in the form of an issued key whose checksum is wrong is no key.
   */
  importsKeys: boolean;

  /**
   * The revision from which on the stream tells of changes, as `after`.
   * @example 48211
   */
  revision: number;
}

export class VerifierPage extends PageView {
  /** The verifiers on this page, the latest first. */
  items: VerifierView[];
}

/** Where a verifier begins to be told of changes. */
export class StreamQuery {
  /**
   * The revision up to which the verifier has forgotten; left out by one that remembers nothing.
   * @example 48211
   */
  @IsOmittable()
  @Max(Number.MAX_SAFE_INTEGER)
  @Min(0)
  @IsInt()
  @Type(() => Number)
  after?: number;
}

/** Up to where a verifier has forgotten, and how long it waits for changes. */
export class ChangesQuery extends StreamQuery {
  /**
   * How long to wait for a change, in milliseconds, up to a second. The default is 0.
   * @example 1000
   */
  @IsOmittable()
  @Max(WAIT_MAX_MS)
  @Min(0)
  @IsInt()
  @Type(() => Number)
  waitMs?: number;
}

/** What a verifier has to forget, and for how long it may then decide from its memory. */
export class ChangesView {
  /**
   * The revision up to which the verifier has forgotten, once it has forgotten what this answer names.
   * @example 48215
   */
  revision: number;

  /**
   * What to forget: every answer that depends on one of these ids.
   * @example ["ks_live_abc1XYZabc1XYZab"]
   */
  forget: string[];

  /** Whether to forget every answer. */
  everything: boolean;

  /** Whether the merchant has imported keys since the verifier was attached. */
  importsKeys: boolean;

  /**
   * The time that the server waited for a change, in milliseconds. The answer was written no earlier than that after the request was sent.
   * @example 1000
   */
  heldMs: number;

  /**
   * The time after the answer was written for which the verifier may decide from its memory, in milliseconds.
   * @example 2214
   */
  validForMs: number;
}

/** An event of a verifier's stream: a lease, or what it has to forget. */
export class VerifierEventView {
  /**
   * The revision up to which the verifier has forgotten, once it has forgotten what this event names.
   * @example 48215
   */
  revision: number;

  /**
   * When the event was written, by the steady clock of the instance that answers, in milliseconds. It says something only within one stream.
   * @example 8123456
   */
  serverTimeMs: number;

  /**
   * In a `lease`, the time after `serverTimeMs` for which the verifier may decide from its memory, in milliseconds.
   * @example 2214
   */
  validForMs?: number;

  /**
   * In a `forget`, what to forget: every answer that depends on one of these ids.
   * @example ["ks_live_abc1XYZabc1XYZab"]
   */
  forget?: string[];

  /** In a `forget`, whether to forget every answer. */
  everything?: boolean;

  /** In a `forget`, whether the merchant has imported keys since the verifier was attached. */
  importsKeys?: boolean;
}

/** Up to where a verifier has forgotten. */
export class AcknowledgementBody {
  /**
   * The revision up to which the verifier has forgotten what it was told to forget.
   * @example 0
   */
  @Max(Number.MAX_SAFE_INTEGER)
  @Min(0)
  @IsInt()
  revision: number;
}

/** Uses of one key with the same outcome. */
export class ReportedUseBody {
  /**
   * The credential, as `known.credential` names it.
   * @example "ks_live_abc1XYZabc1XYZab"
   */
  @Length(1, 64)
  @IsString()
  credential: string;

  /** The outcome. */
  @IsIn(OUTCOMES)
  outcome: Outcome;

  /**
   * The number of uses.
   * @example 5210
   */
  @Max(1_000_000_000_000)
  @Min(1)
  @IsInt()
  count: number;

  /**
   * How long ago the last of them was, in milliseconds; more than an hour counts as an hour.
   * @example 1200
   */
  @Max(Number.MAX_SAFE_INTEGER)
  @Min(0)
  @IsInt()
  lastUsedMsAgo: number;

  /**
   * The scopes that were required.
   * @example ["payments:write"]
   */
  @IsOmittable()
  @Matches(/^[\x21-\x7e]{1,100}$/, { each: true })
  @ArrayMaxSize(SCOPES_MAX)
  @IsArray()
  scopes?: string[];

  /**
   * The address from which the key was last used.
   * @example "203.0.113.7"
   */
  @IsOmittable()
  @MaxLength(100)
  @IsString()
  ip?: string;

  /**
   * The `User-Agent` with which the key was last used.
   * @example "acme-sdk/2.1"
   */
  @IsOmittable()
  @MaxLength(1000)
  @IsString()
  userAgent?: string;
}

/** Uses that a verifier has decided itself since its last report. */
export class UseReportBody {
  /** The uses, up to 1,000 entries. */
  @ValidateNested({ each: true })
  @Type(() => ReportedUseBody)
  @ArrayMaxSize(USES_MAX)
  @ArrayNotEmpty()
  @IsArray()
  uses: ReportedUseBody[];
}

export class UseReportView {
  /**
   * The uses that were counted. Those of keys that don't exist any more are not.
   * @example 5210
   */
  counted: number;
}
