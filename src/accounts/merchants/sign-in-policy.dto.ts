import { IsBoolean } from 'class-validator';

/** How the members of a merchant log in. */
export class SignInPolicyView {
  /**
   * Whether each member needs a second factor. A member without one can log in, but do nothing except set one up.
   * @example true
   */
  requireSecondFactor: boolean;
}

/** Changes to the policy for logins. */
export class UpdateSignInPolicyBody {
  /**
   * Whether each member needs a second factor.
   * @example false
   */
  @IsBoolean()
  requireSecondFactor: boolean;
}
