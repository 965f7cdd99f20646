import { PortalApi, serverOf, type Key, type Session } from './api.js';
import { describeFailure, showForm, showSecret } from './dialogs.js';
import { h } from './dom.js';
import { styleSheet } from './styles.js';
import { textsIn, type Texts } from './texts.js';

const DAY_SECONDS = 86_400;

/** For how long a new key is valid, in seconds, in the order of the texts. */
const LIVES = [null, 30 * DAY_SECONDS, 90 * DAY_SECONDS, 365 * DAY_SECONDS];

/** For how long an old full key is valid beside the new one, in seconds, in the order of the texts. */
const OVERLAPS = [0, 3600, DAY_SECONDS];

/** The server that this script comes from. */
const SERVER = serverOf(import.meta.url);

/**
 * `<keywright-keys>`: shows the keys of an end user, and creates, rotates and revokes them, as far as the portal session allows it. The page has no
 * access to what is inside.
 *
 * Attributes: `token`, the token of the session, which may also be set as a property, and replaced by a new one; `url`, the server, by default that
 * of the script; `lang`, by default that of the page. Events: `keywright-ended` when the session has ended, and `keywright-changed` when a key has
 * been created, rotated or revoked.
 */
class KeywrightKeys extends HTMLElement {
  static readonly observedAttributes = ['token', 'url', 'lang'];

  readonly #root = this.attachShadow({ mode: 'closed' });
  readonly #alert = h('p', { role: 'alert' });
  readonly #content = h('div', { 'aria-live': 'polite' });
  #token: string | null = null;
  #isWaiting = false;

  constructor() {
    super();
    this.#root.adoptedStyleSheets = [styleSheet()];
    this.#root.append(h('div', { class: 'all' }, this.#content, this.#alert));
  }

  /** The token of the session. It is kept out of the document. */
  get token(): string | null {
    return this.#token;
  }

  set token(token: string | null) {
    this.#token = token;
    this.#refresh();
  }

  connectedCallback(): void {
    this.#refresh();
  }

  attributeChangedCallback(name: string, _before: string | null, value: string | null): void {
    if (name !== 'token') this.#refresh();
    else if (value !== null) {
      this.token = value;
      // Where a script of the page, or a copy of the document, would find it.
      this.removeAttribute('token');
    }
  }

  get #texts(): Texts {
    return textsIn(this.#language);
  }

  get #language(): string {
    return this.closest('[lang]')?.getAttribute('lang') ?? navigator.language;
  }

  get #api(): PortalApi {
    return new PortalApi((this.getAttribute('url') ?? SERVER).replace(/\/$/, ''), this.#token ?? '');
  }

  /** Shows the keys anew, once for all changes of the moment. */
  #refresh(): void {
    if (this.#isWaiting || !this.isConnected || this.#token === null) return;
    this.#isWaiting = true;
    queueMicrotask(() => {
      this.#isWaiting = false;
      void this.#show();
    });
  }

  async #show(): Promise<void> {
    const token = this.#token;
    const texts = this.#texts;
    this.#alert.textContent = '';
    if (!this.#content.hasChildNodes()) this.#content.replaceChildren(h('p', {}, texts.loading));
    try {
      const session = await this.#api.readSession();
      const keys = session.allow.includes('list') ? await this.#api.listKeys() : [];
      if (token === this.#token) this.#content.replaceChildren(...this.#render(session, keys));
    } catch (error) {
      if (token === this.#token) this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    const texts = this.#texts;
    this.#alert.textContent = describeFailure(error, texts);
    const again = h('button', { type: 'button', click: () => void this.#show() }, texts.tryAgain);
    const isEnd = this.#alert.textContent === texts.ended;
    this.#content.replaceChildren(...(isEnd ? [] : [again]));
    if (isEnd) this.dispatchEvent(new CustomEvent('keywright-ended', { bubbles: true }));
  }

  #render(session: Session, keys: readonly Key[]): Node[] {
    const texts = this.#texts;
    const create = h('button', { type: 'button', class: 'primary', click: () => void this.#create() }, texts.newKey);
    const header = h('header', {}, h('h2', {}, texts.keys), ...(session.allow.includes('create') ? [create] : []));
    if (!session.allow.includes('list')) return [header];
    return [header, keys.length === 0 ? h('p', {}, texts.none) : this.#table(session, keys)];
  }

  #table({ allow }: Session, keys: readonly Key[]): HTMLElement {
    const texts = this.#texts;
    const hasActions = allow.includes('rotate') || allow.includes('revoke');
    const heads = [
      texts.name,
      texts.key,
      texts.status,
      texts.created,
      texts.lastUsed,
      ...(hasActions ? [texts.actions] : []),
    ];
    const row = (key: Key): HTMLElement =>
      h(
        'tr',
        {},
        h('td', { 'data-label': texts.name }, h('bdi', {}, key.description)),
        h('td', { 'data-label': texts.key }, h('code', {}, `${key.keyPrefix}…${key.lastFour ?? ''}`)),
        h('td', { 'data-label': texts.status }, texts.statuses[key.status], ...this.#ends(key)),
        h('td', { 'data-label': texts.created }, this.#date(key.createdAt)),
        h('td', { 'data-label': texts.lastUsed }, key.lastUsedAt === null ? texts.never : this.#date(key.lastUsedAt)),
        ...(hasActions ? [h('td', {}, this.#actions(allow, key))] : []),
      );
    return h(
      'table',
      { 'aria-label': texts.keys },
      h('thead', {}, h('tr', {}, ...heads.map((head) => h('th', { scope: 'col' }, head)))),
      h('tbody', {}, ...keys.map(row)),
    );
  }

  #ends({ expiresAt, previousKey }: Key): Node[] {
    const texts = this.#texts;
    return [
      ...(expiresAt === null ? [] : [h('small', {}, `${texts.expires} `, this.#date(expiresAt))]),
      ...(previousKey ? [h('small', {}, texts.oldValidUntil(this.#format(previousKey.validUntil)))] : []),
    ];
  }

  #actions(allow: Session['allow'], key: Key): HTMLElement {
    const texts = this.#texts;
    const button = (label: string, kind: string, act: () => Promise<void>): HTMLElement =>
      h(
        'button',
        { type: 'button', class: kind, 'aria-label': `${label}: ${key.description}`, click: () => void act() },
        label,
      );
    return h(
      'div',
      { class: 'row' },
      ...(allow.includes('rotate') ? [button(texts.rotate, '', () => this.#rotate(key))] : []),
      ...(allow.includes('revoke') ? [button(texts.revoke, 'danger', () => this.#revoke(key))] : []),
    );
  }

  async #create(): Promise<void> {
    const texts = this.#texts;
    const name = h('input', { required: true, maxlength: '50', autocomplete: 'off' });
    const life = h('select', {}, ...texts.lives.map((label, index) => h('option', { value: String(index) }, label)));
    const secret = await showForm(this.#root, texts, {
      title: texts.newKey,
      content: [h('label', {}, texts.name, name), h('label', {}, texts.expires, life)],
      submit: { label: texts.create, kind: 'primary' },
      act: () => this.#api.createKey(name.value, LIVES[life.selectedIndex] ?? null),
    });
    await this.#changed(secret);
  }

  async #rotate({ id, description }: Key): Promise<void> {
    const texts = this.#texts;
    const overlap = h(
      'select',
      {},
      ...texts.overlaps.map((label, index) => h('option', { value: String(index) }, label)),
    );
    const secret = await showForm(this.#root, texts, {
      title: texts.rotateTitle,
      content: [h('p', {}, texts.rotateHint(description)), h('label', {}, texts.overlap, overlap)],
      submit: { label: texts.rotate, kind: 'primary' },
      act: () => this.#api.rotateKey(id, OVERLAPS[overlap.selectedIndex] ?? 0),
    });
    await this.#changed(secret);
  }

  async #revoke({ id, description }: Key): Promise<void> {
    const texts = this.#texts;
    const isRevoked = await showForm(this.#root, texts, {
      title: texts.revokeTitle,
      content: [h('p', {}, texts.revokeHint(description))],
      submit: { label: texts.revoke, kind: 'danger' },
      act: () => this.#api.revokeKey(id).then(() => true),
    });
    if (isRevoked) this.#tell();
    await this.#show();
  }

  /** Shows a new full key, if there is one, and the keys as they are now. */
  async #changed(secret: string | null): Promise<void> {
    if (secret !== null) {
      this.#tell();
      await showSecret(this.#root, this.#texts, secret);
    }
    await this.#show();
  }

  #tell(): void {
    this.dispatchEvent(new CustomEvent('keywright-changed', { bubbles: true }));
  }

  #date(time: string): HTMLElement {
    return h('time', { datetime: time, title: new Date(time).toLocaleString(this.#language) }, this.#format(time));
  }

  #format(time: string): string {
    return new Date(time).toLocaleDateString(this.#language, { dateStyle: 'medium' });
  }
}

if (!customElements.get('keywright-keys')) customElements.define('keywright-keys', KeywrightKeys);
