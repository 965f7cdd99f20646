import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { FastifyInstance } from 'fastify';
import { html } from '../pages/html.js';
import { PAGE_POLICY, renderPage } from '../pages/layout.js';
import { StoredAnswer } from '../platform/http/stored-answer.js';
import { findPackage } from '../platform/runtime/version.js';
import { ANY_ORIGIN } from './cross-origin.js';

/** What the page may do beside its style: run the scripts of this server, and call it. It cannot be framed. */
const POLICY = `${PAGE_POLICY}; script-src 'self'; connect-src 'self'; require-trusted-types-for 'script'`;

/** Scripts that pages of every origin may load. */
const SCRIPT_HEADERS = { ...ANY_ORIGIN, 'Cross-Origin-Resource-Policy': 'cross-origin' };

const PAGE = new StoredAnswer(
  'text/html; charset=utf-8',
  () =>
    renderPage(
      'API keys',
      html`<noscript><p>This page needs JavaScript.</p></noscript>
        <script type="module" src="portal/page.js"></script>`,
    ),
  { 'Content-Security-Policy': POLICY, 'X-Frame-Options': 'DENY' },
);

/** Serves `<keywright-keys>`, and the page that links of portal sessions lead to. */
export function servePortal(fastify: FastifyInstance): void {
  fastify.get('/portal', PAGE.send);
  const folder = fileURLToPath(new URL('dist/portal/', findPackage()));
  const scripts = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.js')) : [];
  for (const name of scripts) {
    const script = new StoredAnswer(
      'text/javascript; charset=utf-8',
      () => readFileSync(`${folder}${name}`),
      SCRIPT_HEADERS,
    );
    fastify.get(`/portal/${name}`, script.send);
  }
}
