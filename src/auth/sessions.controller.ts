import { Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { Caller } from '../access/caller.js';
import { LEVELS } from '../access/levels.js';
import { Requires } from '../access/requires.js';
import { PageQuery, presentPage } from '../platform/http/paging/page.dto.js';
import { Message } from '../platform/http/surfaces/answers.js';
import { Answers, PathParameter, Refuses } from '../platform/http/route-facts.js';
import { SESSION_ID, SessionPage } from './sessions.dto.js';
import { presentSession } from './sessions.presenter.js';
import { SessionsService } from './sessions.service.js';

@Controller()
@PathParameter('id', ...SESSION_ID)
export class SessionsController {
  constructor(private readonly sessions: SessionsService) {}

  /**
   * Log out as a client
   *
   * Ends the session of the login token, which is refused at once on every instance.
   */
  @Post('api/auth/logout')
  @Answers('The client is logged out.')
  @HttpCode(200)
  @Message('Logout successful')
  @Requires(LEVELS.authenticate, { withoutConsent: true, withoutSecondFactor: true })
  async logOutClient(@Caller() caller: Caller): Promise<null> {
    await this.sessions.logOut(caller);
    return null;
  }

  /**
   * Log out
   *
   * Ends the session of the login token, which is refused at once on every instance.
   */
  @Post('api/v1/auth/logout')
  @Answers('You are logged out.')
  @HttpCode(204)
  @Requires(LEVELS.authenticate, { withoutConsent: true, withoutSecondFactor: true })
  logOutMerchant(@Caller() caller: Caller): Promise<void> {
    return this.sessions.logOut(caller);
  }

  /**
   * Log out of your account
   *
   * Ends the session of the login token, which is refused at once on every instance.
   */
  @Post('logout')
  @Answers('Your account is logged out.')
  @HttpCode(204)
  @Requires(LEVELS.authenticate, { withoutConsent: true, withoutSecondFactor: true })
  logOutAccount(@Caller() caller: Caller): Promise<void> {
    return this.sessions.logOut(caller);
  }

  /**
   * List your sessions
   *
   * The valid ones, the latest login first.
   */
  @Get('api/v1/sessions')
  @Answers('A page of sessions.')
  @Requires(LEVELS.authenticate, { withoutConsent: true, withoutSecondFactor: true })
  async listSessions(@Caller() caller: Caller, @Query() query: PageQuery): Promise<SessionPage> {
    return presentPage(await this.sessions.list(caller, query), query, (session) => presentSession(caller, session));
  }

  /** End all your other sessions */
  @Delete('api/v1/sessions')
  @Answers('All other sessions have ended.')
  @HttpCode(204)
  @Requires(LEVELS.authenticate, { withoutConsent: true, withoutSecondFactor: true })
  endOtherSessions(@Caller() caller: Caller): Promise<void> {
    return this.sessions.endOthers(caller);
  }

  /** End a session of yours */
  @Delete('api/v1/sessions/:id')
  @Answers('The session has ended.')
  @Refuses('session.not_found')
  @HttpCode(204)
  @Requires(LEVELS.authenticate, { withoutConsent: true, withoutSecondFactor: true })
  endSession(@Caller() caller: Caller, @Param('id') id: string): Promise<void> {
    return this.sessions.end(caller, id);
  }
}
