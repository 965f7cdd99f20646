import { createHash } from 'node:crypto';
import { html, Html } from './html.js';

const STYLE = `
:root { color-scheme: light dark; font: 100%/1.5 system-ui, sans-serif; }
body { margin: 0; background: light-dark(#f4f5f7, #15171a); color: light-dark(#1c1e21, #e8eaed); }
main { box-sizing: border-box; max-width: 28rem; margin: 8vh auto; padding: 2rem; border-radius: .75rem; background: light-dark(#fff, #1f2226); }
h1 { margin: 0 0 .75rem; font-size: 1.4rem; line-height: 1.25; }
label { display: block; margin-top: 1rem; font-weight: 600; }
label.choice { display: flex; gap: .5rem; align-items: baseline; font-weight: 400; }
input:not([type=checkbox]) { box-sizing: border-box; width: 100%; margin-top: .25rem; padding: .6rem .7rem; font: inherit; color: inherit;
  background: light-dark(#fff, #15171a); border: 1px solid light-dark(#8a9099, #6b7178); border-radius: .4rem; }
input:focus-visible, button:focus-visible { outline: 3px solid light-dark(#1d5fd1, #7aa7ff); outline-offset: 1px; }
small { display: block; margin-top: .25rem; font-weight: 400; color: light-dark(#51575f, #a5abb3); }
button { width: 100%; margin-top: 1.5rem; padding: .7rem; font: inherit; font-weight: 600; color: #fff; background: #1d5fd1; border: 0; border-radius: .4rem; cursor: pointer; }
.problems { margin: 1rem 0 0; padding: .75rem 1rem .75rem 2rem; border-radius: .4rem; background: light-dark(#fdecea, #43201d); }
`;

/** What a page may do: send its form to this server. It runs no script, loads nothing, and cannot be framed. */
export const PAGE_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** A whole page. */
export const renderPage = (title: string, content: Html): string =>
  html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>${title} · Keywright</title>
        ${new Html(`<style>${STYLE}</style>`)}
      </head>
      <body>
        <main>
          <h1>${title}</h1>
          ${content}
        </main>
      </body>
    </html>`.text;

/** A page that says something. */
export const renderMessage = (title: string, text: string): string => renderPage(title, html`<p>${text}</p>`);
