import { Body, Controller, Delete, Get, HttpCode, Post, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Caller, type KeyCaller } from '../../../access/caller.js';
import { LEVELS } from '../../../access/levels.js';
import { Requires } from '../../../access/requires.js';
import { Idempotent } from '../../../idempotency/idempotent.js';
import { PageQuery, presentPage } from '../../../platform/http/paging/page.dto.js';
import { RouteConfig } from '../../../platform/http/route-config.js';
import { Answers, Refuses, Sends } from '../../../platform/http/route-facts.js';
import { AnswersEvents } from '../../../platform/validation/lists.js';
import { Attachments } from '../../verifiers/attachments.js';
import { UseReports } from '../../verifiers/use-reports.js';
import type { Verifier } from '../../verifiers/verifier.entity.js';
import { VerifiersService } from '../../verifiers/verifiers.service.js';
import { EventStream } from './event-stream.js';
import { Poll } from './poll.js';
import { ForItsKey, ForVerifiers, TheVerifier } from './verifier.guard.js';
import {
  AcknowledgementBody,
  AttachedVerifierView,
  AttachVerifierBody,
  ChangesQuery,
  ChangesView,
  StreamQuery,
  UseReportBody,
  UseReportView,
  VerifierEventView,
  VerifierPage,
} from './verifiers.dto.js';
import { presentAttached, presentVerifier } from './verifiers.presenter.js';

@Controller('api/v1/verifiers')
export class VerifiersController {
  constructor(
    private readonly attachments: Attachments,
    private readonly reports: UseReports,
    private readonly verifiers: VerifiersService,
  ) {}

  /**
   * Attach a verifier
   *
   * For `@keywright/verifier`, which verifies your merchant's keys in the process of your service. The credential is a key of level 1 or above
   * whose scopes name `verifier`. Then open the verifier's stream.
   */
  @Post()
  @Answers('The verifier.')
  @Refuses('verifier.limit_reached')
  @ForVerifiers()
  async attachVerifier(
    @Caller() caller: KeyCaller,
    @Body() { name }: AttachVerifierBody,
  ): Promise<AttachedVerifierView> {
    return presentAttached(await this.verifiers.attach(caller, name ?? null));
  }

  /**
   * List your merchant's verifiers
   *
   * Those that have been away for a minute or more are forgotten.
   */
  @Get()
  @Answers('A page of verifiers.')
  @Requires(LEVELS.readSome)
  async listVerifiers(@Caller() caller: Caller, @Query() query: PageQuery): Promise<VerifierPage> {
    return presentPage(await this.verifiers.list(caller, query), query, presentVerifier);
  }

  /**
   * Detach a verifier
   *
   * It is told of nothing more.
   */
  @Delete(':id')
  @Answers('The verifier has been detached.')
  @HttpCode(204)
  @ForItsKey()
  async detachVerifier(@Caller() caller: KeyCaller, @TheVerifier() verifier: Verifier): Promise<void> {
    await this.verifiers.detach(caller, verifier);
  }

  /**
   * Stream what a verifier has to forget
   *
   * Server-sent events, until the verifier's key is no longer valid or the server stops. A revocation waits until the verifier has
   * acknowledged it, or until the leases have ended that it was given before.
   */
  @Get(':id/stream')
  @AnswersEvents(VerifierEventView, 'Events of the types `lease` and `forget`.')
  @Sends({
    'X-Accel-Buffering': {
      description: 'Asks nginx to pass on each event at once.',
      schema: { type: 'string', const: 'no' },
    },
  })
  @RouteConfig({ isWaiting: true })
  @ForItsKey()
  async streamChanges(
    @Caller() caller: KeyCaller,
    @TheVerifier() verifier: Verifier,
    @Query() { after }: StreamQuery,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const stream = new EventStream(reply);
    const noted = this.verifiers.connected(verifier);
    reply.raw.once('close', () => {
      this.attachments.disconnect(verifier, stream);
      void noted.then(() => this.left(verifier)).catch(() => undefined);
    });
    await noted;
    await this.attachments.connect(verifier, caller.publicId, stream, after ?? null);
  }

  /**
   * Poll for what a verifier has to forget
   *
   * In place of the stream, where a proxy holds its events back. `after` acknowledges.
   */
  @Get(':id/changes')
  @Answers('What has changed, and for how long the verifier may decide from its memory once it has forgotten that.')
  @RouteConfig({ isWaiting: true })
  @ForItsKey()
  async pollChanges(
    @Caller() caller: KeyCaller,
    @TheVerifier() verifier: Verifier,
    @Query() { after, waitMs = 0 }: ChangesQuery,
  ): Promise<ChangesView> {
    const poll = new Poll();
    await this.verifiers.connected(verifier);
    const attachment = await this.attachments.connect(verifier, caller.publicId, poll, after ?? null);
    try {
      await poll.wait(waitMs);
      this.attachments.grant(attachment);
      return poll.read();
    } finally {
      this.attachments.disconnect(verifier, poll);
    }
  }

  /**
   * Acknowledge what a verifier has forgotten
   *
   * Any instance takes the acknowledgement.
   */
  @Post(':id/acknowledgements')
  @Answers('The acknowledgement has been taken.')
  @HttpCode(204)
  @ForItsKey()
  async acknowledgeChanges(
    @TheVerifier() verifier: Verifier,
    @Body() { revision }: AcknowledgementBody,
  ): Promise<void> {
    await this.verifiers.acknowledge(verifier, revision);
  }

  /**
   * Report the uses that a verifier has decided
   *
   * They count as if the server had decided them: last use, usage, and the idle policy. More uses than can be are refused, and recorded in the
   * audit trail.
   */
  @Post(':id/usage')
  @Idempotent()
  @Answers('How many uses were counted.')
  @HttpCode(200)
  @ForItsKey()
  async reportUses(
    @Caller() caller: KeyCaller,
    @TheVerifier() verifier: Verifier,
    @Body() { uses }: UseReportBody,
  ): Promise<UseReportView> {
    return { counted: await this.reports.report(caller, verifier, uses) };
  }

  /** Notes that this instance tells a verifier of nothing more, unless it has come back already. */
  private async left(verifier: Verifier): Promise<void> {
    if (!this.attachments.find(verifier)?.isConnected) await this.verifiers.disconnected(verifier);
  }
}
