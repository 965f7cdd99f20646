import { Body, Controller, HttpCode, Post, UseGuards } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiBody, ApiHeader } from '@nestjs/swagger';
import { Visitor } from '../access/caller.js';
import { Public } from '../access/requires.js';
import type { Actor } from '../platform/events/actor.js';
import { TAKES_BYTES } from '../platform/http/bodies.js';
import { ExposureInbox } from './exposure-inbox.js';
import { GithubMatchBody, ReceivedReportView, ReportExposuresBody } from './exposures.dto.js';
import { findingsOf, presentReceived } from './exposures.presenter.js';
import { SignedMessage, type GithubMessage } from './github/github-message.js';
import { GithubReports } from './github/github-reports.js';
import { ReportRateGuard } from './report-rate.guard.js';

@Controller('api/v1/exposures')
export class ExposuresController {
  constructor(
    private readonly github: GithubReports,
    private readonly inbox: ExposureInbox,
  ) {}

  /**
   * Report keys that you have found
   *
   * Anybody may. Whoever the keys belong to is told, and what their owner has decided for such a case is done. The answer is the same whether there are
   * such keys or not, and comes before anybody has looked. Only a whole key counts; a name without its secret is nothing.
   *
   * @throws {429} There were too many reports from this address; `Retry-After` says how many seconds to wait.
   * @throws {503} There are more reports than can be looked at; `Retry-After` says how many seconds to wait.
   */
  @Post()
  @HttpCode(202)
  @Public()
  @UseGuards(ReportRateGuard)
  async reportExposures(@Visitor() visitor: Actor, @Body() body: ReportExposuresBody): Promise<ReceivedReportView> {
    await this.inbox.take(findingsOf(visitor, body));
    return presentReceived(body.keys.length);
  }

  /**
   * Report keys that GitHub has found
   *
   * For GitHub's secret scanning partner program: the body is signed, by a key of `GITHUB_SECRET_SCANNING_KEYS`. The answer says nothing of which
   * keys there are, for GitHub neither.
   *
   * @throws {403} The body isn't signed, or not by a key that is known.
   * @throws {503} There are more reports than can be looked at, or GitHub's public keys can't be fetched.
   */
  @Post('github')
  @HttpCode(202)
  @Public()
  @RouteConfig(TAKES_BYTES)
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
