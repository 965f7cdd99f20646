import { IsIn } from 'class-validator';
import { IsOmittable } from '../../platform/validation/omittable.js';
import { REACTIONS, SIGHTING_REACTIONS } from './exposure-policy.entity.js';

/** The reactions to exposed keys. The team is always notified; `disable` and `revoke` take effect at once, on every instance. */
export class ExposurePolicyView {
  /** The reaction to keys that were reported, by anyone or by GitHub. */
  reported: 'notify' | 'disable' | 'revoke';

  /** The reaction to keys in the query of a request; `off` ignores them. */
  inQuery: 'off' | 'notify' | 'disable' | 'revoke';

  /** The reaction to keys that reached a trusted proxy over plain HTTP; `off` ignores them. */
  overHttp: 'off' | 'notify' | 'disable' | 'revoke';
}

/** Changes to the policy; missing fields stay as they are. */
export class UpdateExposurePolicyBody {
  /** The reaction to keys that were reported, by anyone or by GitHub. */
  @IsOmittable()
  @IsIn(REACTIONS)
  reported?: 'notify' | 'disable' | 'revoke';

  /** The reaction to keys in the query of a request; `off` ignores them. */
  @IsOmittable()
  @IsIn(SIGHTING_REACTIONS)
  inQuery?: 'off' | 'notify' | 'disable' | 'revoke';

  /** The reaction to keys that reached a trusted proxy over plain HTTP; `off` ignores them. */
  @IsOmittable()
  @IsIn(SIGHTING_REACTIONS)
  overHttp?: 'off' | 'notify' | 'disable' | 'revoke';
}
