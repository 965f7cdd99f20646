import { IsIn, IsInt, Max, Min } from 'class-validator';
import { IsOmittable } from '../../platform/validation/omittable.js';
import { CreatedApplicationKeyView, PreviousKeyView } from './application-keys.dto.js';

/** Thirty days. */
const OVERLAP_MAX_SECONDS = 2_592_000;

/** Example bodies, one for each mode. */
export const ROTATE_EXAMPLES = {
  onFirstUse: { value: { mode: 'on_first_use', overlapSeconds: 86_400 } },
  afterOverlap: { value: { mode: 'after_overlap', overlapSeconds: 86_400 } },
  immediately: { value: { mode: 'immediately' } },
};

/** How to rotate a key. With an empty body, the previous full key becomes invalid at once. */
export class RotateKeyBody {
  /**
   * How long the previous full key stays valid at most, in seconds, up to 30 days.
   * @example 86400
   */
  @IsOmittable()
  @Min(0)
  @Max(OVERLAP_MAX_SECONDS)
  @IsInt()
  overlapSeconds?: number;

  /**
   * When the previous full key becomes invalid. `immediately`: at once. `after_overlap`: at the end of the overlap. `on_first_use`: when
   * the new full key is first verified successfully, but no later than the end of the overlap. The default is `after_overlap` if there is
   * an overlap, and `immediately` if there is none.
   */
  @IsOmittable()
  @IsIn(['immediately', 'after_overlap', 'on_first_use'])
  mode?: 'immediately' | 'after_overlap' | 'on_first_use';
}

/** A rotated key. No other response holds its new full key. */
export class RotatedKeyView extends CreatedApplicationKeyView {
  /** The full key before this rotation. */
  previousKey: PreviousKeyView;
}
