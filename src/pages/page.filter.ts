import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { DomainError, ErrorCode } from '../platform/events/domain-error.js';
import { ERROR_CODE } from '../platform/http/surfaces/answers.js';
import { asDomainError, logFailure } from '../platform/http/surface.filter.js';
import { PAGE_POLICY, renderMessage } from './layout.js';
import { renderForm, type Values } from './render-form.js';

const GONE = 'This link has been used or has expired. Ask for a new one.';

const TEXTS: Partial<Record<ErrorCode, string>> = {
  'link.gone': GONE,
  'confirmation.not_found': GONE,
  'email.taken': 'This e-mail address is already in use.',
  'username.taken': 'This e-mail address is already in use.',
  'password.too_short': 'The password needs 12 characters or more.',
  'access.account_inactive': 'This company is blocked at the moment. Ask the operator of this service.',
  'request.rate_limited': 'Too many attempts. Wait a minute, then try again.',
  'login.throttled': 'Too many attempts. Wait a minute, then try again.',
  unavailable: 'This service is unavailable for a moment. Try again.',
  internal: 'Something went wrong on our side. Try again later.',
};

/** The errors after which nothing can be sent again. */
const FINAL: readonly ErrorCode[] = ['link.gone', 'confirmation.not_found'];

/** Answers errors with the page that was sent, and what was wrong with it. */
@Catch()
export class PageFilter implements ExceptionFilter {
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
      .header('Content-Security-Policy', PAGE_POLICY)
      .type('text/html; charset=utf-8')
      .send(renderError(request, error));
  }
}

function renderError({ routeOptions, body }: FastifyRequest, { code, context }: DomainError): string {
  const { form } = routeOptions.config;
  const problems = context.fields?.map(({ message }) => message) ?? [TEXTS[code] ?? 'The request is not valid.'];
  if (form === undefined || FINAL.includes(code)) return renderMessage('This did not work', problems.join(' '));
  return renderForm(form, readTexts(body), problems);
}

const readTexts = (body: unknown): Values =>
  Object.fromEntries(
    Object.entries(body ?? {}).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
