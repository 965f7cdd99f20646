import { IsIn } from 'class-validator';
import { IsOmittable } from '../../platform/validation/omittable.js';
import { REACTIONS, SIGHTING_REACTIONS } from './exposure-policy.entity.js';

/** What becomes of keys that are exposed. The team is told, and `disable` and `revoke` do so at once, on every instance. */
export class ExposurePolicyView {
  /** Of keys that were reported, by anybody or by GitHub. */
  reported: 'notify' | 'disable' | 'revoke';

  /** Of keys that came in the query of a request; `off` takes no notice. */
  inQuery: 'off' | 'notify' | 'disable' | 'revoke';

  /** Of keys that came to a trusted proxy by plain HTTP; `off` takes no notice. */
  overHttp: 'off' | 'notify' | 'disable' | 'revoke';
}

/** What shall change of it; what isn't said stays. */
export class UpdateExposurePolicyBody {
  /** Of keys that were reported, by anybody or by GitHub. */
  @IsOmittable()
  @IsIn(REACTIONS)
  reported?: 'notify' | 'disable' | 'revoke';

  /** Of keys that came in the query of a request; `off` takes no notice. */
  @IsOmittable()
  @IsIn(SIGHTING_REACTIONS)
  inQuery?: 'off' | 'notify' | 'disable' | 'revoke';

  /** Of keys that came to a trusted proxy by plain HTTP; `off` takes no notice. */
  @IsOmittable()
  @IsIn(SIGHTING_REACTIONS)
  overHttp?: 'off' | 'notify' | 'disable' | 'revoke';
}
