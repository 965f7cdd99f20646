import { FORMS, type Form, type FormName } from './forms.js';
import { html, type Html } from './html.js';
import { renderPage } from './layout.js';

/** What the fields of a form hold. */
export type Values = Record<string, string | undefined>;

/** A form with the values that are known. Passwords are never filled in. */
export function renderForm(name: FormName, values: Values, problems: string[] = []): string {
  const { title, text, action, fields, button }: Form = FORMS[name];
  const list =
    problems.length > 0
      ? html`<ul class="problems" role="alert">
          ${problems.map((problem) => html`<li>${problem}</li>`)}
        </ul>`
      : null;
  return renderPage(
    title,
    html`<p>${text}</p>
      ${list}
      <form method="post" action="${action}">
        ${fields.map((field) => renderField(field, values[field.name]))}
        <button>${button}</button>
      </form>`,
  );
}

function renderField(
  { name, label, type, hint, autocomplete, minLength, maxLength }: Form['fields'][number],
  value = '',
): Html {
  if (type === 'hidden') return html`<input type="hidden" name="${name}" value="${value}" />`;
  if (type === 'checkbox')
    return html`<label class="choice"><input type="checkbox" name="${name}" value="1" required /> ${label}</label>`;
  const described = hint ? html` aria-describedby="${name}-hint"` : null;
  return html`<label for="${name}">${label}</label>
    <input
      id="${name}"
      type="${type}"
      name="${name}"
      value="${type === 'password' ? '' : value}"
      required${described}
      autocomplete="${autocomplete ?? 'off'}"
      minlength="${minLength ?? 1}"
      maxlength="${maxLength ?? 200}"
    />
    ${hint ? html`<small id="${name}-hint">${hint}</small>` : null}`;
}
