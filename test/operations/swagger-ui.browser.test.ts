/** Guarantees of Swagger UI in a real browser: complete, from this server alone, and usable by clicking. */

import { chromium, type Browser, type BrowserContext, type Locator, type Page } from 'playwright-core';
import { provide } from '../support/packages.js';
import { newFolder, Program, removeFolder } from '../support/program.js';

const executablePath = provide('Chromium', 'chromium', 'chromium', '/usr/bin/chromium');
const withChromium = executablePath === null ? describe.skip : describe;

const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

withChromium('Swagger UI', () => {
  let folder: string;
  let program: Program;
  let browser: Browser | undefined;
  let page: Page;
  /** What the pages complained of, and what it asked of other servers. */
  const troubles: string[] = [];
  beforeAll(async () => {
    folder = newFolder();
    program = await Program.start(folder);
    browser = await chromium.launch({ executablePath: executablePath ?? '', args: ARGUMENTS });
    page = await newPage(await browser.newContext({ viewport: { width: 1280, height: 1000 } }));
    await page.goto(`${program.url}/docs`);
  });
  afterAll(async () => {
    await browser?.close();
    await program.end('SIGKILL');
    await removeFolder(folder);
  });

  /** A tab that notes its troubles. */
  async function newPage(context: BrowserContext): Promise<Page> {
    const tab = await context.newPage();
    tab.on('pageerror', (error) => troubles.push(String(error)));
    tab.on('console', (message) => {
      // What the browser thinks of Swagger UI's forms is beside the point.
      if (message.text().startsWith('[DOM]')) return;
      troubles.push(`${message.type()}: ${message.text()}`);
    });
    tab.on('request', (request) => {
      if (!/^(data|blob):/.test(request.url()) && !request.url().startsWith(program.url)) troubles.push(request.url());
    });
    tab.on('dialog', (dialog) => {
      troubles.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    return tab;
  }

  const operation = (method: string, path: string, tab = page): Locator =>
    tab.locator(`.opblock-${method}`, { has: tab.locator(`[data-path="${path}"]`) });

  /** Opens or closes a tag, all of which are closed at first. */
  async function setTag(name: string, isOpen: boolean, tab = page): Promise<void> {
    const tag = tab.locator(`.opblock-tag[data-tag="${name}"]`);
    await tag.waitFor();
    if ((await tag.getAttribute('data-is-open')) === String(isOpen)) return;
    await tag.click({ position: { x: 5, y: 5 } });
    await tab.locator(`.opblock-tag[data-tag="${name}"][data-is-open="${isOpen}"]`).waitFor();
  }

  interface Shown {
    method: string;
    path: string;
    tag: string;
    security: object[];
    /** Whether something is sent that the document's examples fill in. */
    hasBody: boolean;
  }

  /** The operations of the document, by their tags in its order. */
  async function readOperations(): Promise<Map<string, Shown[]>> {
    const { body } = await program.call('GET', '/docs/json');
    type Item = Record<string, { tags: string[]; security?: object[]; requestBody?: object }>;
    const all = Object.entries(body.paths as Record<string, Item>).flatMap(([path, item]) =>
      Object.entries(item).map(
        ([
          method,
          {
            tags: [tag = ''],
            security = [],
            requestBody,
          },
        ]) => ({ method, path, tag, security, hasBody: requestBody !== undefined }),
      ),
    );
    const names = (body.tags as { name: string }[]).map(({ name }) => name);
    return new Map(names.map((name) => [name, all.filter(({ tag }) => tag === name)]));
  }

  /** Opens an operation, fills it in, and presses Execute. */
  async function execute(method: string, path: string, input: { body?: object; id?: string } = {}) {
    const shown = [...(await readOperations()).values()]
      .flat()
      .find((one) => one.method === method && one.path === path);
    await setTag(shown?.tag ?? '', true);
    const block = operation(method, path);
    const isOpen = await block.locator('.opblock-body').isVisible();
    if (!isOpen) await block.locator('.opblock-summary-control').click();
    if (input.id) await block.locator('tr[data-param-name="id"] input').fill(input.id);
    if (input.body) await block.locator('textarea.body-param__text').fill(JSON.stringify(input.body));
    // The answer to an earlier request must not be taken for this one's.
    const clear = block.getByRole('button', { name: 'Clear' });
    if (await clear.isVisible()) await clear.click();
    await block.getByRole('button', { name: 'Execute' }).click();
    const answer = block.locator('.live-responses-table .response');
    await answer.waitFor();
    const status = Number((await answer.locator('.response-col_status').innerText()).trim());
    return { status, body: JSON.parse(await answer.locator('.highlight-code code').first().innerText()) };
  }

  const schemeOf = (scheme: string): Locator =>
    page.locator('.auth-container', { has: page.getByRole('heading', { name: scheme }) });

  const authorise = async (scheme: string, ...values: string[]): Promise<void> => {
    await page.locator('.auth-wrapper .authorize').first().click();
    const section = schemeOf(scheme);
    for (const [index, value] of values.entries()) await section.locator('input').nth(index).fill(value);
    await section.getByRole('button', { name: 'Apply credentials' }).click();
    await page.locator('.close-modal').click();
  };

  it('shows every operation, and loads nothing from elsewhere', async () => {
    await page.waitForSelector('.opblock-tag');
    expect(await page.locator('.opblock-tag-section .opblock').count()).toBe(0);
    expect(await page.locator('.opblock-tag').first().getAttribute('data-tag')).toBe('Login');
    expect(await page.locator('.filter input').isVisible()).toBe(true);
    expect(page.url()).toBe(`${program.url}/docs`);
    expect(await page.title()).toBe('Keywright');
    for (const [tag, operations] of await readOperations()) {
      await setTag(tag, true);
      const blocks = page.locator('.opblock-tag-section .opblock');
      await blocks.nth(operations.length - 1).waitFor();
      expect([tag, await blocks.count()]).toEqual([tag, operations.length]);
      await setTag(tag, false);
    }
    expect(troubles).toEqual([]);
  });

  it('refuses to create an application before the login', async () => {
    const { status, body } = await execute('post', '/api/v1/applications');
    expect([status, body.code]).toEqual([401, 401]);
    troubles.length = 0;
  });

  it('focuses the field of the login token when the Authorize dialog opens', async () => {
    await page.locator('.auth-wrapper .authorize').first().click();
    await schemeOf('loginToken').locator('input:focus').waitFor();
    await page.locator('.close-modal').click();
  });

  it('logs in, authorizes, and creates an application and a key by clicking', async () => {
    const login = await execute('post', '/api/v1/auth/login', {
      body: { username: 'admin', password: program.password },
    });
    expect(login).toEqual({ status: 200, body: expect.objectContaining({ tokenType: 'Bearer' }) });
    await authorise('loginToken', login.body.accessToken);

    const application = await execute('post', '/api/v1/applications');
    expect(application.status).toBe(201);
    const path = '/api/v1/applications/{id}/api-keys';
    const key = await execute('post', path, { id: application.body.id });
    expect([key.status, key.body.fullKey]).toEqual([201, expect.stringMatching(/^ks_live_\w{22,}$/)]);
    expect(troubles).toEqual([]);
  });

  it('lists everything when no filter is filled in', async () => {
    const { status, body } = await execute('get', '/api/v1/audit-events');
    expect([status, body.items.length]).toEqual([200, body.totalItems]);
    expect(body.totalItems).toBeGreaterThan(2);
  });

  it('is still authorized after a reload', async () => {
    await page.reload();
    await page.waitForSelector('.opblock-tag');
    const { status, body } = await execute('get', '/api/v1/applications');
    expect([status, body.totalItems]).toEqual([200, 1]);
    expect(troubles).toEqual([]);
  });

  it('keeps the token for the session of the tab, and no longer', async () => {
    const { token, stored } = await page.evaluate<{ token: string; stored: object }>(`({
      token: JSON.parse(sessionStorage.getItem('keywright.authorized')).loginToken.value,
      stored: { ...localStorage },
    })`);
    expect([token.split('.').length, stored]).toEqual([3, {}]);
    const other = await page.context().newPage();
    await other.goto(`${program.url}/docs`);
    await other.waitForSelector('.opblock-tag');
    expect(await other.evaluate('sessionStorage.length')).toBe(0);
    await other.close();
  });

  it('forgets the token that is logged out', async () => {
    await page.locator('.auth-wrapper .authorize').first().click();
    await schemeOf('loginToken').getByRole('button', { name: 'Remove authorization' }).click();
    await page.locator('.close-modal').click();
    await page.reload();
    await page.waitForSelector('.opblock-tag');
    const { status, body } = await execute('get', '/api/v1/applications');
    expect([status, body.code]).toEqual([401, 401]);
    troubles.length = 0;
    const login = await execute('post', '/api/v1/auth/login', {
      body: { username: 'admin', password: program.password },
    });
    await authorise('loginToken', login.body.accessToken);
  });

  it('cannot be framed, and runs nothing that is written into the page', async () => {
    const framed = await page.evaluate(`(async () => {
      const frame = document.createElement('iframe');
      frame.src = '/docs';
      document.body.append(frame);
      await new Promise((resolve) => frame.addEventListener('load', resolve));
      const isEmpty = !frame.contentDocument?.querySelector('#swagger-ui');
      const script = document.createElement('script');
      script.textContent = 'window.injected = true';
      document.body.append(script);
      return { isEmpty, hasRun: 'injected' in window };
    })()`);
    expect(framed).toEqual({ isEmpty: true, hasRun: false });
    troubles.length = 0;
  });

  it('authorizes with a personal key for the paths that accept one', async () => {
    const { status, body } = await execute('post', '/apikeys/jwt');
    expect(status).toBe(201);
    await authorise('keyPair', body.apikey.key, body.apikey.secret);
    const used = await execute('get', '/whoami/key');
    expect([used.status, used.body.apikey.key]).toEqual([200, body.apikey.key]);
    expect(troubles).toEqual([]);
  });

  /** What a pre-filled request may be refused with: what it names, or the credential that it needs, it cannot know. */
  const UNKNOWABLE: Record<number, RegExp> = {
    // The forms of OAuth have fields for a credential, too.
    400: /^(password\.current_missing|passkey\.refused|credential\.ambiguous)$/,
    401: /^(login\.failed|login\.challenge_gone|credential\.invalid)$/,
    403: /^(password\.current_wrong|service_id\.invalid|exposure\.not_signed|access\.scope_lacking|api_key\.self_rotation_not_allowed)$/,
    404: /./,
    // An earlier test has created it.
    409: /^application\.name_taken$/,
    410: /^link\.gone$/,
  };

  /** What no example may change. */
  async function readState(): Promise<unknown> {
    const json = { username: 'admin', password: program.password };
    const { body: login } = await program.call('POST', '/api/v1/auth/login', { json });
    const read = async (path: string) => (await program.call('GET', path, { token: login.accessToken })).body;
    const { account } = await read('/whoami/jwt');
    const { items } = await read('/api/v1/applications');
    const policies = ['idle', 'exposure', 'sign-in', 'key'].map((name) => read(`/api/v1/merchants/me/${name}-policy`));
    const { id, username, email, role, status, consent } = account;
    return { account: { id, username, email, role, status, consent }, items, policies: await Promise.all(policies) };
  }

  const isLogout = ({ method, path }: Shown): boolean =>
    path.endsWith('/logout') || (method === 'delete' && path === '/console/session');

  /** Executes the operations of a tag on a fresh page, as they are. */
  async function executeTag(tab: Page, operations: Shown[]): Promise<void> {
    if (!operations[0]) return;
    await tab.goto(`${program.url}/docs`);
    await setTag(operations[0].tag, true, tab);
    for (const shown of operations) {
      const { method, path, security } = shown;
      const block = operation(method, path, tab);
      const summary = block.locator('.opblock-summary-control');
      // Without waiting for the animation.
      await summary.dispatchEvent('click');
      const answered = tab
        .waitForResponse((response) => response.request().method() === method.toUpperCase(), { timeout: 30_000 })
        .catch(() => null);
      await block.getByRole('button', { name: 'Execute' }).click();
      const answer = await answered;
      if (!answer) throw new Error(`${method} ${path} is not sent as it is.`);
      await block.locator('.live-responses-table .response').waitFor();
      await summary.dispatchEvent('click');
      const status = answer.status();
      const code = (await answer.allHeaders())['x-error-code'] ?? '';
      const seen = `${method} ${path}: ${status} ${code}`;
      // Where names cannot be resolved, the URL of a webhook is refused.
      if (path === '/api/v1/webhooks' && code === 'request.invalid') continue;
      if (status >= 400) expect([seen, UNKNOWABLE[status]?.test(code)]).toEqual([seen, true]);
      // The credential is there.
      if (status === 401 && !isLogout(shown)) expect([seen, security]).not.toEqual([seen, [{ loginToken: [] }]]);
    }
    // References that cannot be resolved are listed at the top.
    expect([operations[0].tag, await tab.locator('.errors-wrapper').count()]).toEqual([operations[0].tag, 0]);
  }

  /** Executes operations by their tags, in a tab for each core of a small machine. */
  async function executeAll(tabs: Page[], byTag: Shown[][]): Promise<void> {
    const remaining = byTag.values();
    await Promise.all(
      tabs.map(async (tab) => {
        for (const operations of remaining) await executeTag(tab, operations);
      }),
    );
  }

  /** Another tab, in which the same credentials are authorized. */
  async function copyTab(): Promise<Page> {
    const stored = JSON.stringify(await page.evaluate('({ ...sessionStorage })'));
    const tab = await newPage(page.context());
    await tab.goto(`${program.url}/docs`);
    await tab.evaluate(`Object.assign(sessionStorage, ${stored})`);
    return tab;
  }

  it('has examples that work as they are, and change neither the account nor a policy nor an application', async () => {
    const before = await readState();
    // One of each tag: what has no body has little that an example could fill in, and other tests send the examples of all operations.
    const byTag = [...(await readOperations()).values()].map((operations) => [
      ...operations.filter(({ hasBody }) => hasBody).slice(0, 1),
      ...operations.filter(isLogout),
    ]);
    const tabs = [page, await copyTab()];
    await executeAll(
      tabs,
      byTag.map((operations) => operations.filter((one) => !isLogout(one))),
    );
    await executeAll(
      [page],
      byTag.map((operations) => operations.filter(isLogout)),
    );
    expect(troubles.filter((trouble) => trouble.startsWith('dialog') || trouble.startsWith('http'))).toEqual([]);
    expect(await readState()).toEqual(before);
  }, 300_000);
});
