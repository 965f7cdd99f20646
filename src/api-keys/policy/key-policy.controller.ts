import { Body, Controller, Get, Patch } from '@nestjs/common';
import { Caller } from '../../access/caller.js';
import { LEVELS } from '../../access/levels.js';
import { Requires } from '../../access/requires.js';
import { Answers } from '../../platform/http/route-facts.js';
import { KeyPolicies } from './key-policies.js';
import { KeyPolicyView, UpdateKeyPolicyBody } from './key-policy.dto.js';
import { presentKeyPolicy } from './key-policy.presenter.js';

@Controller('api/v1/merchants/me/key-policy')
export class KeyPolicyController {
  constructor(private readonly policies: KeyPolicies) {}

  /** Read the policy for the life of keys */
  @Get()
  @Answers("Your merchant's policy for the life of keys.")
  @Requires(LEVELS.readOwn)
  async readKeyPolicy(@Caller() caller: Caller): Promise<KeyPolicyView> {
    return presentKeyPolicy(await this.policies.describe(caller));
  }

  /**
   * Change the policy for the life of keys
   *
   * It applies to keys of every surface that are created, imported, enabled or extended from now on. Existing keys that live longer stay valid;
   * they can be shortened, rotated and revoked.
   */
  @Patch()
  @Answers('The changed policy for the life of keys.')
  @Requires(LEVELS.writeOwn)
  async updateKeyPolicy(@Caller() caller: Caller, @Body() body: UpdateKeyPolicyBody): Promise<KeyPolicyView> {
    return presentKeyPolicy(await this.policies.update(caller, body));
  }
}
