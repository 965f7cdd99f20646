import { Body, Controller, Get, Patch } from '@nestjs/common';
import { Caller } from '../../access/caller.js';
import { LEVELS } from '../../access/levels.js';
import { Requires } from '../../access/requires.js';
import { Answers } from '../../platform/http/route-facts.js';
import { SignInPolicyView, UpdateSignInPolicyBody } from './sign-in-policy.dto.js';
import { SignInPolicyService } from './sign-in-policy.service.js';

@Controller('api/v1/merchants/me/sign-in-policy')
export class SignInPolicyController {
  constructor(private readonly policies: SignInPolicyService) {}

  /** Read the policy for logins */
  @Get()
  @Answers("Your merchant's policy for logins.")
  @Requires(LEVELS.readOwn)
  readSignInPolicy(@Caller() caller: Caller): Promise<SignInPolicyView> {
    return this.policies.read(caller);
  }

  /**
   * Change the policy for logins
   *
   * Takes effect at once, also for members who are logged in. A merchant with a member above you is not yours to change.
   */
  @Patch()
  @Answers('The changed policy for logins.')
  @Requires(LEVELS.writeOwn)
  updateSignInPolicy(@Caller() caller: Caller, @Body() body: UpdateSignInPolicyBody): Promise<SignInPolicyView> {
    return this.policies.update(caller, body);
  }
}
