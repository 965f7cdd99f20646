import { All, Body, Controller, Header, Headers, HttpCode, Post, Query, Req, Res } from '@nestjs/common';
import { ApiConsumes, ApiResponse } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public } from '../access/requirement.js';
import { DomainError, type ErrorCode } from '../domain/domain-error.js';
import { basicCredential, presentedBy } from './presented.js';
import { Sessions } from './sessions.js';
import { CheckQuery, TokenAnswer, TokenBody } from './verification.dto.js';
import { VerificationService, type Outcome, type Verdict } from './verification.service.js';

/** Outcomes of a good key that isn't good enough; every other refusal says no more than that there is no good key. */
const FORBIDDEN: ReadonlySet<Outcome> = new Set(['INSUFFICIENT_LEVEL', 'MISSING_SCOPE']);

const header = (description: string) => ({ description, schema: { type: 'string' } });

const KEY_HEADERS = {
  'X-Key-Id': header("The key's id."),
  'X-Client-Id': header("Its merchant's eight digits."),
  'X-Merchant-Id': header("Its merchant's id."),
  'X-Application-Id': header('The application it is for, if it is for one.'),
  'X-Key-Level': header('What it may do, 0 to 8.'),
  'X-Key-Scopes': header('What it is limited to, separated by spaces; empty is no limit.'),
};

@Controller()
export class VerificationController {
  constructor(
    private readonly sessions: Sessions,
    private readonly verification: VerificationService,
  ) {}

  /**
   * Check the credential of a request
   *
   * For gateways, by any method: `Authorization: Bearer` or `Basic`, or `X-API-Key`, with a key of any surface or the token of a session.
   * The answer has no body; its headers name the key.
   *
   * @throws {401} There is no good key.
   * @throws {403} The key's level or scopes don't suffice.
   */
  @All('api/v1/keys/check')
  @HttpCode(204)
  @ApiResponse({ status: 204, description: 'The key is good.', headers: KEY_HEADERS })
  @Public()
  async checkKey(
    @Req() request: FastifyRequest,
    @Query() { level, scope, application: applicationId }: CheckQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    const presented = presentedBy(request);
    const requirements = { level, scopes: scope?.split(' '), applicationId };
    const keyId = presented && 'token' in presented ? this.sessions.keyOf(presented.token) : null;
    const verdict = await (keyId === null
      ? this.verification.verify(presented && 'credential' in presented ? presented.credential : null, requirements)
      : this.verification.verifyById(keyId, requirements));
    const key = validKey(verdict);
    void reply.headers({
      'X-Key-Id': key.id,
      'X-Client-Id': key.clientId,
      'X-Merchant-Id': key.merchantId,
      ...(key.applicationId !== null && { 'X-Application-Id': key.applicationId }),
      'X-Key-Level': verdict.level,
      'X-Key-Scopes': key.scopes?.join(' ') ?? '',
    });
  }

  /**
   * Open a session with a key
   *
   * The key and its secret come by HTTP Basic, the answer is a token that `check` accepts. It is refused at once when the key is.
   *
   * @throws {401} There is no good key.
   */
  @Post('oauth/token')
  @ApiConsumes('application/x-www-form-urlencoded')
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  @Public()
  async openSession(
    @Headers('authorization') authorization: string | undefined,
    @Body() _body: TokenBody,
  ): Promise<TokenAnswer> {
    const key = validKey(await this.verification.verify(basicCredential(authorization)));
    return { access_token: this.sessions.open(key.id), token_type: 'Bearer', expires_in: this.sessions.ttlSeconds };
  }
}

function validKey({ outcome, key }: Verdict): NonNullable<Verdict['key']> {
  const refusal: ErrorCode = FORBIDDEN.has(outcome) ? 'access.level_lacking' : 'credential.invalid';
  if (outcome !== 'VALID' || !key) throw new DomainError(refusal);
  return key;
}
