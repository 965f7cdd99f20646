import { Body, Controller, Header, Headers, HttpCode, Ip, Post } from '@nestjs/common';
import { ApiConsumes } from '@nestjs/swagger';
import { Public } from '../access/requirement.js';
import { DomainError } from '../domain/domain-error.js';
import { basicCredential } from '../verification/presented.js';
import { Sessions } from '../verification/sessions.js';
import { VerificationService } from '../verification/verification.service.js';
import { TokenAnswer, TokenBody } from './sessions.dto.js';

@Controller('oauth')
export class SessionsController {
  constructor(
    private readonly sessions: Sessions,
    private readonly verification: VerificationService,
  ) {}

  /**
   * Open a session with a key
   *
   * The key and its secret come by HTTP Basic, the answer is a token that `check` accepts. It is refused at once when the key is.
   *
   * @throws {401} There is no good key.
   */
  @Post('token')
  @ApiConsumes('application/x-www-form-urlencoded')
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  @Public()
  async openSession(
    @Headers('authorization') authorization: string | undefined,
    @Ip() ip: string,
    @Body() _body: TokenBody,
  ): Promise<TokenAnswer> {
    const key = await this.verification.authenticate(basicCredential(authorization), ip);
    if (!key) throw new DomainError('credential.invalid');
    return { access_token: this.sessions.open(key), token_type: 'Bearer', expires_in: this.sessions.ttlSeconds };
  }
}
