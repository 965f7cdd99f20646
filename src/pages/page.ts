import { applyDecorators, Header } from '@nestjs/common';
import { Public } from '../platform/http/requirement.js';
import { RouteConfig } from '../platform/http/route-config.js';
import type { FormName } from './forms.js';
import { PAGE_POLICY } from './layout.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The form of a page, which is shown again when what was sent is refused. */
    form?: FormName;
  }
}

/** Handler decorator: the handler returns a page of HTML, for anyone who has a link. */
export const Page = (form: FormName): MethodDecorator =>
  applyDecorators(
    Public(),
    RouteConfig({ isPage: true, takesForm: true, form }),
    Header('Content-Type', 'text/html; charset=utf-8'),
    Header('Content-Security-Policy', PAGE_POLICY),
    Header('X-Frame-Options', 'DENY'),
  );
