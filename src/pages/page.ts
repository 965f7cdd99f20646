import { applyDecorators, Header } from '@nestjs/common';
import type { DomainError } from '../platform/events/domain-error.js';
import { Public } from '../platform/http/requirement.js';
import { RouteConfig } from '../platform/http/route-config.js';
import type { FormName } from './forms.js';
import { PAGE_POLICY, renderMessage } from './layout.js';
import { describeError } from './problems.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The form of a page, which is shown again when what was sent is refused. */
    form?: FormName;
  }
}

/** The headers of a page. */
export const HEADERS = {
  'Content-Type': 'text/html; charset=utf-8',
  'Content-Security-Policy': PAGE_POLICY,
  'X-Frame-Options': 'DENY',
};

const failurePage = {
  headers: HEADERS,
  render: (error: DomainError): string => renderMessage('This did not work', describeError(error).join(' ')),
};

/** Handler decorator: the handler returns a page of HTML, for anyone who has a link. */
export const Page = (form: FormName): MethodDecorator =>
  applyDecorators(
    Public(),
    RouteConfig({ isPage: true, takesForm: true, takesUnknownNames: true, form, failurePage }),
    ...Object.entries(HEADERS).map(([name, value]) => Header(name, value)),
  );
