import { IsBoolean, IsIn, IsInt, IsOptional, Max, Min } from 'class-validator';
import { IsOmittable } from '../../platform/validation/omittable.js';
import { IsLastMoment } from '../../platform/validation/time.js';
import { EXPIRY_MAX_SECONDS } from './key-settings.dto.js';
import { CreatedApplicationKeyView, PreviousKeyView } from './application-keys.dto.js';

/** Thirty days. */
const OVERLAP_MAX_SECONDS = 2_592_000;

/** The shortest time without use that means something. */
const QUIET_MIN_SECONDS = 60;

/** Example bodies: one for each mode, and one with a new expiry. */
export const ROTATE_EXAMPLES = {
  onFirstUse: { value: { mode: 'on_first_use', overlapSeconds: 86_400 } },
  afterOverlap: { value: { mode: 'after_overlap', overlapSeconds: 86_400 } },
  whenQuiet: { value: { mode: 'when_quiet', quietSeconds: 3600, overlapSeconds: 86_400 } },
  immediately: { value: { mode: 'immediately' } },
  extended: { value: { overlapSeconds: 86_400, expiresInSeconds: 7_776_000 } },
};

/** How to rotate a key. With an empty body, the previous full key becomes invalid at once. */
export class RotateKeyBody {
  /**
   * How long the previous full key stays valid at most, in seconds, up to 30 days. It never stays valid longer than the key would have
   * without the rotation. The default is 0.
   * @example 86400
   */
  @IsOmittable()
  @Min(0)
  @Max(OVERLAP_MAX_SECONDS)
  @IsInt()
  overlapSeconds?: number;

  /**
   * When the previous full key becomes invalid. `immediately`: at once. `after_overlap`: at the end of the overlap. `on_first_use`: when
   * the new full key is first verified successfully, but no later than the end of the overlap. `when_quiet`: when the previous one was not used
   * for `quietSeconds`, but no later than the end of the overlap. The default is `after_overlap` if there is an overlap, and `immediately` if
   * there is none.
   */
  @IsOmittable()
  @IsIn(['immediately', 'after_overlap', 'on_first_use', 'when_quiet'])
  mode?: 'immediately' | 'after_overlap' | 'on_first_use' | 'when_quiet';

  /**
   * With `when_quiet`, for how many seconds the previous full key must be unused to become invalid, from a minute on, and less than
   * `overlapSeconds`. It becomes invalid up to two minutes later, since uses are counted with a delay.
   * @example 3600
   */
  @IsOmittable()
  @Min(QUIET_MIN_SECONDS)
  @Max(OVERLAP_MAX_SECONDS)
  @IsInt()
  quietSeconds?: number;

  /**
   * Whether the full key that an earlier rotation replaced becomes invalid at once, although its overlap has not ended. With `false`, the
   * default, the rotation is refused with 409 until that overlap has ended.
   */
  @IsOmittable()
  @IsBoolean()
  endPrevious?: boolean;

  /**
   * The number of seconds until the key expires, up to ten years. Required, or else `expiresAt`, if the key has expired; the default is the
   * expiry that the key has.
   * @example 7776000
   */
  @IsOmittable()
  @Min(1)
  @Max(EXPIRY_MAX_SECONDS)
  @IsInt()
  expiresInSeconds?: number;

  /**
   * When the key expires, as an alternative to `expiresInSeconds`; `null` means never. It must be in the future.
   * @example "2036-01-01T00:00:00Z"
   */
  @IsOptional()
  @IsLastMoment()
  expiresAt?: string | null;
}

/** Example bodies: one for each mode. */
export const SELF_ROTATE_EXAMPLES = {
  onFirstUse: { value: { mode: 'on_first_use', overlapSeconds: 86_400 } },
  afterOverlap: { value: { overlapSeconds: 86_400 } },
};

/** How a key rotates itself. */
export class SelfRotateKeyBody {
  /**
   * How long the previous full key stays valid at most, in seconds, from 1 to 30 days. It never stays valid longer than the key.
   * @example 86400
   */
  @Min(1)
  @Max(OVERLAP_MAX_SECONDS)
  @IsInt()
  overlapSeconds: number;

  /**
   * When the previous full key becomes invalid. `after_overlap`, the default: at the end of the overlap. `on_first_use`: when the new full key
   * is first verified successfully, but no later than the end of the overlap. `when_quiet`: when the previous one was not used for
   * `quietSeconds`, but no later than the end of the overlap.
   */
  @IsOmittable()
  @IsIn(['after_overlap', 'on_first_use', 'when_quiet'])
  mode?: 'after_overlap' | 'on_first_use' | 'when_quiet';

  /**
   * With `when_quiet`, for how many seconds the previous full key must be unused to become invalid, from a minute on, and less than
   * `overlapSeconds`.
   * @example 3600
   */
  @IsOmittable()
  @Min(QUIET_MIN_SECONDS)
  @Max(OVERLAP_MAX_SECONDS)
  @IsInt()
  quietSeconds?: number;
}

/** A rotated key. No other response holds its new full key. */
export class RotatedKeyView extends CreatedApplicationKeyView {
  /** The full key before this rotation. */
  previousKey: PreviousKeyView;
}
