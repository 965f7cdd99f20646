import { h } from './dom.js';
import { Failure } from './api.js';
import type { Texts } from './texts.js';

/** Says what has gone wrong, in the words of the server where it has answered. */
export const describeFailure = (error: unknown, texts: Texts): string => {
  if (!(error instanceof Failure)) throw error;
  if (error.isEnd) return texts.ended;
  if (error.code === null && error.message === '') return texts.unreachable;
  return error.requestId === null ? error.message : `${error.message} (${texts.request(error.requestId)})`;
};

interface FormDialog<T> {
  title: string;
  content: readonly (Node | string)[];
  submit: { label: string; kind: 'primary' | 'danger' };
  /** What the form does. The dialog stays open, and says what has gone wrong, unless it succeeds. */
  act: () => Promise<T>;
}

/**
 * Shows a dialog with a form in a root.
 *
 * @returns what the form has done; `null` if it was cancelled
 */
export function showForm<T>(
  root: ShadowRoot,
  texts: Texts,
  { title, content, submit, act }: FormDialog<T>,
): Promise<T | null> {
  return new Promise((resolve) => {
    const alert = h('p', { role: 'alert' });
    const button = h('button', { type: 'submit', class: submit.kind }, submit.label);
    const run = async (): Promise<void> => {
      button.disabled = true;
      alert.textContent = '';
      try {
        const result = await act();
        resolve(result);
        dialog.close();
      } catch (error) {
        alert.textContent = describeFailure(error, texts);
        button.disabled = false;
      }
    };
    const form = h(
      'form',
      {
        submit: (event) => {
          event.preventDefault();
          if (!button.disabled) void run();
        },
      },
      ...content,
      alert,
      h('footer', {}, h('button', { type: 'button', click: () => dialog.close() }, texts.cancel), button),
    );
    const dialog = openDialog(root, title, form);
    // What has been resolved before stays.
    dialog.addEventListener('close', () => resolve(null));
  });
}

/** Shows a secret the only time that it can be seen. Only the dialog's button closes it. */
export function showSecret(root: ShadowRoot, texts: Texts, secret: string): Promise<void> {
  const hidden = '•'.repeat(32);
  const code = h('code', { class: 'secret', 'aria-label': texts.fullKey, tabindex: '0' }, hidden);
  const reveal = h('button', { type: 'button', 'aria-pressed': 'false' }, texts.reveal);
  reveal.addEventListener('click', () => {
    const isRevealed = reveal.getAttribute('aria-pressed') === 'true';
    reveal.setAttribute('aria-pressed', String(!isRevealed));
    reveal.textContent = isRevealed ? texts.reveal : texts.hide;
    code.textContent = isRevealed ? hidden : secret;
  });
  const copy = h('button', { type: 'button' }, texts.copy);
  copy.addEventListener('click', () => {
    const done = navigator.clipboard.writeText(secret);
    // Without permission, the secret can still be read.
    void done.then(
      () => (copy.textContent = texts.copied),
      () => reveal.getAttribute('aria-pressed') === 'false' && reveal.click(),
    );
  });
  const footer = h(
    'footer',
    {},
    h('button', { type: 'button', class: 'primary', click: () => dialog.close() }, texts.saved),
  );
  const dialog = openDialog(
    root,
    texts.secretTitle,
    h('p', {}, texts.secretHint),
    code,
    h('div', { class: 'row' }, reveal, copy),
    footer,
  );
  // A dialog is also closed by Escape, the second time without an event that could be refused.
  dialog.addEventListener('keydown', (event) => event.key === 'Escape' && event.preventDefault());
  dialog.addEventListener('cancel', (event) => event.preventDefault());
  return new Promise((resolve) => dialog.addEventListener('close', () => resolve()));
}

function openDialog(root: ShadowRoot, title: string, ...content: readonly Node[]): HTMLDialogElement {
  const heading = h('h2', { id: 'dialog-title' }, title);
  const dialog = h('dialog', { 'aria-labelledby': 'dialog-title' }, heading, ...content);
  dialog.addEventListener('close', () => dialog.remove());
  root.append(dialog);
  dialog.showModal();
  return dialog;
}
