import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiBody, ApiHeader } from '@nestjs/swagger';
import { Visitor } from '../access/caller.js';
import type { Actor } from '../platform/events/actor.js';
import { RouteConfig } from '../platform/http/route-config.js';
import { Public } from '../platform/http/requirement.js';
import { DomainError } from '../platform/events/domain-error.js';
import { Answers, Refuses, RequiresBody } from '../platform/http/route-facts.js';
import { ExposureInbox } from './exposure-inbox.js';
import { GithubMatchBody, ReceivedReportView, ReportExposuresBody } from './exposures.dto.js';
import { findingsOf, presentReceived } from './exposures.presenter.js';
import { SignedMessage, type GithubMessage } from './github/github-message.js';
import { GithubReports } from './github/github-reports.js';

@Controller('api/v1/exposures')
export class ExposuresController {
  constructor(
    private readonly github: GithubReports,
    private readonly inbox: ExposureInbox,
  ) {}

  /**
   * Report keys that you have found
   *
   * Anyone can report keys. The owner of each key is notified, and the owner's policy for exposed keys is applied. The answer is the same
   * whether such keys exist or not, and is sent before the server looks. Only a whole key counts, not its public part alone.
   *
   * @throws {503} Too many reports are waiting to be processed, or the server cannot answer at the moment.
   */
  @Post()
  @Answers('The number of reported keys.')
  @Refuses('unavailable')
  @HttpCode(202)
  @Public({ limit: 'reports' })
  async reportExposures(@Visitor() visitor: Actor, @Body() body: ReportExposuresBody): Promise<ReceivedReportView> {
    await this.inbox.take(findingsOf(visitor, body));
    return presentReceived(body.keys.length);
  }

  /**
   * Report keys that GitHub has found
   *
   * For GitHub's secret scanning partner program: the body is signed by a key of `GITHUB_SECRET_SCANNING_KEYS`. The answer does not tell which
   * of the keys exist.
   *
   * @throws {503} Too many reports are waiting, GitHub's public keys cannot be fetched, or the server cannot answer at the moment.
   */
  @Post('github')
  @Answers('The number of reported keys.')
  @Refuses(
    'exposure.not_signed',
    'request.rate_limited',
    'unavailable',
    DomainError.invalid('body', 'body must be an array of matches'),
  )
  @HttpCode(202)
  @Public({ limit: 'failures' })
  @RouteConfig({ takesBytes: true })
  @RequiresBody()
  @ApiBody({ type: GithubMatchBody, isArray: true })
  @ApiHeader({
    name: 'Github-Public-Key-Identifier',
    description: 'The name of the key that signed.',
    required: true,
    schema: { type: 'string', example: 'f9525bf080f75b3506ca1ead061add62b8633a346606dc5fe544e29231c6ee0d' },
  })
  @ApiHeader({
    name: 'Github-Public-Key-Signature',
    description: "ECDSA on P-256 with SHA-256 over the body's bytes: DER in base64.",
    required: true,
    schema: {
      type: 'string',
      example: 'MEUCIFLZzeK++IhS+y276SRk2Pe5LfDrfvTXu6iwKKcFGCrvAiEAhHN2kDOhy2I6eGkOFmxNkOJ+L2y8oQ9A2T9GGJo6WJY=',
    },
  })
  async reportGithubExposures(
    @Visitor() visitor: Actor,
    @SignedMessage() message: GithubMessage,
  ): Promise<ReceivedReportView> {
    return presentReceived(await this.github.receive(visitor, message));
  }
}
