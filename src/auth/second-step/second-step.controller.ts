import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiBody } from '@nestjs/swagger';
import { Visitor } from '../../access/caller.js';
import type { Actor } from '../../platform/events/actor.js';
import { Public } from '../../platform/http/requirement.js';
import { Answers, Refuses } from '../../platform/http/route-facts.js';
import { Message } from '../../platform/http/surfaces/answers.js';
import { AccountLoginAnswer } from '../accounts-login.dto.js';
import { ClientLoginView, MerchantLoginView } from '../login.dto.js';
import { presentAccountLogin, presentClientLogin, presentMerchantLogin } from '../login.presenter.js';
import { LoginTokens } from '../login-tokens.js';
import { AccountSecondStepBody, LoginSecondStepBody, SECOND_STEP_EXAMPLES } from './second-step.dto.js';
import { SECOND_STEP_REFUSALS, SecondStepService } from './second-step.service.js';

/** The second step of a login, for accounts with a second factor, on each surface. */
@Controller()
export class SecondStepController {
  constructor(
    private readonly steps: SecondStepService,
    private readonly tokens: LoginTokens,
  ) {}

  /**
   * Complete a login as a client
   *
   * With the challenge from the login, and a code, a recovery code or a passkey. A challenge is valid for five minutes and five answers.
   */
  @Post('api/auth/login/second-factor')
  @ApiBody({ type: LoginSecondStepBody, examples: SECOND_STEP_EXAMPLES })
  @Answers('The login token, and the user that it belongs to.')
  @Refuses(...SECOND_STEP_REFUSALS)
  @HttpCode(200)
  @Public({ limit: 'failures' })
  @Message('Login successful')
  async logInClientWithFactor(@Visitor() visitor: Actor, @Body() body: LoginSecondStepBody): Promise<ClientLoginView> {
    return presentClientLogin(await this.steps.complete(visitor, body));
  }

  /**
   * Complete a login
   *
   * With the challenge from the login, and a code, a recovery code or a passkey. A challenge is valid for five minutes and five answers.
   */
  @Post('api/v1/auth/login/second-factor')
  @ApiBody({ type: LoginSecondStepBody, examples: SECOND_STEP_EXAMPLES })
  @Answers('The login token.')
  @Refuses(...SECOND_STEP_REFUSALS)
  @HttpCode(200)
  @Public({ limit: 'failures' })
  async logInMerchantWithFactor(
    @Visitor() visitor: Actor,
    @Body() body: LoginSecondStepBody,
  ): Promise<MerchantLoginView> {
    return presentMerchantLogin(await this.steps.complete(visitor, body), this.tokens.ttlSeconds);
  }

  /**
   * Complete a login to your account
   *
   * With the challenge from the login, and a code, a recovery code or a passkey. A challenge is valid for five minutes and five answers.
   */
  @Post('login/second-factor')
  @ApiBody({ type: AccountSecondStepBody, examples: SECOND_STEP_EXAMPLES })
  @Answers('The login token, and the account that it belongs to.')
  @Refuses(...SECOND_STEP_REFUSALS)
  @HttpCode(200)
  @Public({ limit: 'failures' })
  async logInAccountWithFactor(
    @Visitor() visitor: Actor,
    @Body() body: AccountSecondStepBody,
  ): Promise<AccountLoginAnswer> {
    return presentAccountLogin(await this.steps.complete(visitor, body));
  }
}
