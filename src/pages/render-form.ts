import { Injectable } from '@nestjs/common';
import { Config } from '../platform/config/config.js';
import { FORMS, type Form, type FormName, type Subject } from './forms.js';
import { html, type Html } from './html.js';
import { renderPage } from './layout.js';

/** What the fields of a form hold. */
export type Values = Record<string, string | undefined>;

/** Renders forms, whose targets are below the path of `PUBLIC_URL`. */
@Injectable()
export class Forms {
  constructor(private readonly config: Config) {}

  /** Renders a form with the values that are known. Passwords are never filled in. */
  render(name: FormName, values: Values, subject: Subject = {}, problems: string[] = []): string {
    const { title, text, action, fields, button }: Form = FORMS[name];
    const list =
      problems.length > 0
        ? html`<ul class="problems" role="alert">
            ${problems.map((problem) => html`<li>${problem}</li>`)}
          </ul>`
        : null;
    return renderPage(
      title,
      html`<p>${typeof text === 'string' ? text : text(subject)}</p>
        ${list}
        <form method="post" action="${this.config.basePath}${action}">
          ${renderLogin(fields, subject)} ${fields.map((field) => renderField(field, values[field.name]))}
          <button>${button}</button>
        </form>`,
    );
  }

  /** Renders what has come of a form, with a link to the console, if there is one. */
  renderDone(title: string, text: string): string {
    const { CONSOLE, basePath } = this.config;
    const link = CONSOLE ? html`<p><a href="${basePath}/console">Open the console</a></p>` : null;
    return renderPage(
      title,
      html`<p>${text}</p>
        ${link}`,
    );
  }

  /** Renders the page of a link that has been used or has expired, with a way to get a new one. */
  renderGone(name: FormName): string {
    const { renewal = 'Ask for a new one.' }: Form = FORMS[name];
    const next =
      typeof renewal === 'string'
        ? html`${renewal}`
        : html`<a href="${this.config.basePath}${renewal.path}">${renewal.label}</a>`;
    return renderPage('This did not work', html`<p>This link has been used or has expired. ${next}</p>`);
  }
}

/** Tells password managers whose password is set. */
function renderLogin(fields: Form['fields'], { login }: Subject): Html | null {
  const setsPassword = fields.some(({ type }) => type === 'password');
  const asks = fields.some(({ autocomplete }) => autocomplete === 'username');
  if (login === undefined || !setsPassword || asks) return null;
  return html`<input type="text" name="username" value="${login}" autocomplete="username" readonly hidden />`;
}

function renderField(
  { name, label, type, hint, autocomplete, minLength, maxLength }: Form['fields'][number],
  value = '',
): Html {
  if (type === 'hidden') return html`<input type="hidden" name="${name}" value="${value}" />`;
  if (type === 'checkbox')
    return html`<label class="choice"><input type="checkbox" name="${name}" value="1" required /> ${label}</label>`;
  const described = hint ? html` aria-describedby="${name}-hint"` : null;
  const longest = type === 'password' ? null : html` maxlength="${maxLength ?? 200}"`;
  return html`<label for="${name}">${label}</label>
    <input
      id="${name}"
      type="${type}"
      name="${name}"
      value="${type === 'password' ? '' : value}"
      required${described}
      autocomplete="${autocomplete ?? 'off'}"
      minlength="${minLength ?? 1}"
      ${longest}
    />
    ${hint ? html`<small id="${name}-hint">${hint}</small>` : null}`;
}
