import { IsIn, IsInt, Max, Min } from 'class-validator';
import { IsOmittable } from '../../platform/validation/omittable.js';
import { CreatedApplicationKeyView, PreviousKeyView } from './application-keys.dto.js';

/** Thirty days. */
const OVERLAP_MAX_SECONDS = 2_592_000;

/** Bodies to begin with, one for each mode. */
export const ROTATE_EXAMPLES = {
  onFirstUse: { value: { mode: 'on_first_use', overlapSeconds: 86_400 } },
  afterOverlap: { value: { mode: 'after_overlap', overlapSeconds: 86_400 } },
  immediately: { value: { mode: 'immediately' } },
};

/** How a key is rotated; without anything, what it was until now ends at once. */
export class RotateKeyBody {
  /**
   * How long what it was until now stays good at the most, up to 30 days.
   * @example 86400
   */
  @IsOmittable()
  @Min(0)
  @Max(OVERLAP_MAX_SECONDS)
  @IsInt()
  overlapSeconds?: number;

  /**
   * When that ends: at once, when the overlap is over, or when the new full key is first verified as good, and then at the latest when the
   * overlap is over. With an overlap it is `after_overlap` unless it is said otherwise.
   */
  @IsOmittable()
  @IsIn(['immediately', 'after_overlap', 'on_first_use'])
  mode?: 'immediately' | 'after_overlap' | 'on_first_use';
}

/** A rotated key at the only moment that its new full key is shown. */
export class RotatedKeyView extends CreatedApplicationKeyView {
  /** What it was until now. */
  previousKey: PreviousKeyView;
}
