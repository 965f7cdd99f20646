import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { DomainError, ErrorCode } from '../platform/events/domain-error.js';
import { ERROR_CODE } from '../platform/http/surfaces/answers.js';
import { asDomainError, logFailure } from '../platform/http/surface.filter.js';
import { renderMessage } from './layout.js';
import { LinkPages } from './link-pages.service.js';
import { HEADERS } from './page.js';
import { describeError } from './problems.js';
import { Forms, type Values } from './render-form.js';

/** The errors of links that have been used or have expired. */
const GONE: readonly ErrorCode[] = ['link.gone', 'confirmation.not_found'];

/** Answers errors with the page that was sent, and what was wrong with it. */
@Catch()
export class PageFilter implements ExceptionFilter {
  constructor(
    private readonly forms: Forms,
    private readonly links: LinkPages,
  ) {}

  async catch(thrown: unknown, host: ArgumentsHost): Promise<void> {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const error = asDomainError(thrown);
    if (error.code === 'internal') logFailure(thrown, request);
    const { retryAfterSeconds } = error.context;
    if (retryAfterSeconds !== undefined) void reply.header('Retry-After', retryAfterSeconds);
    await reply
      .status(error.status)
      .header(ERROR_CODE, error.code)
      .headers(HEADERS)
      .send(await this.render(request, error));
  }

  private render({ routeOptions, body }: FastifyRequest, error: DomainError): Promise<string> | string {
    const { form } = routeOptions.config;
    if (form === undefined) return renderMessage('This did not work', describeError(error).join(' '));
    if (GONE.includes(error.code)) return this.forms.renderGone(form);
    return this.links.showAgain(form, readTexts(body), error);
  }
}

const readTexts = (body: unknown): Values =>
  Object.fromEntries(
    Object.entries(body ?? {}).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
