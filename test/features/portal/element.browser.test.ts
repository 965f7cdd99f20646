/** Guarantees of `<keywright-keys>`: customers manage their keys in a page of another origin, as the documentation sets it up, and in the page of a session's link. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { ConsoleInBrowser, hasChromium } from '../../support/console.js';
import { freePort } from '../../support/database-server.js';
import { readBlock } from '../../support/markdown.js';

/** Opens the shadow tree, which is closed to pages, to the test. */
const OPENED = `
  const attach = Element.prototype.attachShadow;
  Element.prototype.attachShadow = function (init) { return attach.call(this, { ...init, mode: 'open' }); };
`;

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const NAMES = ['<img src=x onerror="alert(1)">', 'مفتاح‎ الإنتاج', '🔑 production', 'x'.repeat(50)];

(hasChromium ? describe : describe.skip)('<keywright-keys>', () => {
  let servers: ConsoleInBrowser;
  let token: string;
  let shop: { process: ChildProcess; url: string; folder: string };
  beforeAll(async () => {
    servers = await ConsoleInBrowser.open();
    token = await servers.tokenOf('ada');
    shop = await openShop();
  });
  afterAll(async () => {
    shop.process.kill();
    rmSync(shop.folder, { recursive: true });
    await servers.close();
  });

  const call = (method: string, path: string, json?: object) =>
    servers.program.call(method, path, { token, ...(json && { json }) });

  /** The example of the documentation, as a program within the repository, where it finds Express. */
  async function openShop(): Promise<typeof shop> {
    const { body } = await call('POST', '/api/v1/api-keys', { description: 'shop', scopes: ['portal', 'payments:*'] });
    const folder = mkdtempSync(join('test', 'shop-'));
    writeFileSync(join(folder, 'shop.mjs'), readBlock('docs/portal.md', 'js'));
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const variables = { PORT: String(port), KEYWRIGHT_URL: servers.program.url, KEYWRIGHT_KEY: body.fullKey as string };
    const child = spawn(process.execPath, ['shop.mjs'], { cwd: folder, env: { ...process.env, ...variables } });
    for (;;) {
      if (
        await fetch(url).then(
          () => true,
          () => false,
        )
      )
        return { process: child, url, folder };
      await sleep(50);
    }
  }

  const openedPage = async (customer: string, options: object = {}): Promise<Page> => {
    const page = await servers.newPage({ extraHTTPHeaders: {}, ...options });
    await page.addInitScript(OPENED);
    await page.route('**/portal-session', (route) =>
      route.continue({ headers: { ...route.request().headers(), 'x-customer': customer } }),
    );
    await page.goto(shop.url);
    await page.getByRole('heading', { name: 'API keys' }).waitFor();
    return page;
  };
  const create = async (page: Page, name: string): Promise<string> => {
    await page.getByRole('button', { name: 'New key' }).click();
    await page.getByLabel('Name').fill(name);
    await page.getByRole('button', { name: 'Create' }).click();
    return secretIn(page);
  };
  const secretIn = async (page: Page): Promise<string> => {
    await page.getByRole('heading', { name: 'Your key' }).waitFor();
    expect(await page.locator('dialog code').textContent()).toBe('•'.repeat(32));
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Reveal' }).click();
    const secret = (await page.locator('dialog code').textContent()) ?? '';
    await page.getByRole('button', { name: 'I have saved it' }).click();
    await page.locator('dialog').waitFor({ state: 'detached' });
    return secret;
  };
  const outcome = async (key: string) => (await call('POST', '/api/v1/keys/verify', { key })).body.outcome as string;

  it('creates, rotates and revokes keys in a page of another origin', async () => {
    const page = await openedPage('cus_element');
    await page.getByText('There are no keys yet.').waitFor();
    const first = await create(page, 'Production');
    expect([first.startsWith('ks_live_'), await outcome(first)]).toEqual([true, 'VALID']);

    await page.getByRole('button', { name: 'Rotate: Production' }).click();
    await page.getByRole('button', { name: 'Rotate', exact: true }).last().click();
    const second = await secretIn(page);
    expect([await outcome(first), await outcome(second)]).toEqual(['NOT_FOUND', 'VALID']);

    await page.getByRole('button', { name: 'Revoke: Production' }).click();
    await page.locator('dialog button.danger').click();
    await page.getByText('There are no keys yet.').waitFor();
    expect(await outcome(second)).toBe('NOT_FOUND');
    for (const secret of [first, second]) {
      expect(await page.content()).not.toContain(secret);
      expect(
        await page.evaluate('JSON.stringify([localStorage, sessionStorage, history.state, location.href])'),
      ).not.toContain(secret);
    }
    await page.context().close();
  });

  it('shows names as they are, says what is refused, and is not stopped by them', async () => {
    const page = await openedPage('cus_names');
    for (const name of NAMES.slice(0, 3)) await create(page, name);
    for (const name of NAMES.slice(0, 3)) await page.getByRole('cell', { name, exact: true }).waitFor();
    await page.getByRole('button', { name: 'New key' }).click();
    await page.getByLabel('Name').fill(NAMES[3] ?? '');
    await page.getByRole('button', { name: 'Create' }).click();
    await page.getByText(/There are as many keys as your session allows \(Request .+\)/).waitFor();
    expect(await page.getByLabel('Name').inputValue()).toBe(NAMES[3]);
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.context().close();
  });

  it.each(['light', 'dark'] as const)(
    'has nothing for axe to find, and fits a narrow page, in %s',
    async (colorScheme) => {
      const page = await openedPage(`cus_axe_${colorScheme}`, { colorScheme, viewport: { width: 360, height: 800 } });
      await create(page, 'Production');
      await page.evaluate(AXE);
      const findings = () =>
        page.evaluate(
          `axe.run(document).then(({ violations }) => violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]))`,
        );
      expect(await findings()).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
      for (const name of ['New key', 'Rotate: Production', 'Revoke: Production']) {
        await page.getByRole('button', { name }).click();
        expect(await findings()).toEqual([]);
        await page.getByRole('button', { name: 'Cancel' }).click();
      }
      await page.context().close();
    },
  );

  it('opens once by its link, in German where that is spoken, under a strict policy', async () => {
    const json = { externalId: 'cus_link', allow: ['list', 'create'] };
    const { url } = (await call('POST', '/api/v1/portal-sessions', json)).body;
    const page = await servers.newPage({ locale: 'de-DE' });
    await page.addInitScript(OPENED);
    const answer = await page.goto(url as string);
    const policy = answer?.headers()['content-security-policy'] ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("require-trusted-types-for 'script'");
    await page.getByRole('heading', { name: 'API-Schlüssel' }).waitFor();
    expect(page.url()).not.toContain('#');
    await page.getByRole('button', { name: 'Neuer Schlüssel' }).waitFor();
    const again = await servers.newPage();
    await again.goto(url as string);
    await again.getByText('This link has been used').waitFor();
    expect(servers.troubles).toEqual([]);
  });

  it('keeps its content and its token from the page', async () => {
    const page = await servers.newPage();
    await page.goto(shop.url);
    const [root, markup] = await page.evaluate<[unknown, string]>(`(async () => {
      const keys = document.querySelector('keywright-keys');
      keys.setAttribute('token', 'a-token');
      return [keys.shadowRoot, keys.outerHTML];
    })()`);
    expect(root).toBeNull();
    expect(markup).toBe('<keywright-keys></keywright-keys>');
    await page.context().close();
  });

  it('takes at most 40 kB', () => {
    expect(gzipSync(readFileSync('dist/portal/keywright-keys.js')).length).toBeLessThan(40_000);
  });
});
