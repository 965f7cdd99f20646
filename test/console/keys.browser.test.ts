/** Guarantees of the console about keys, in a real browser. */

import type { Page } from 'playwright-core';
import { ConsoleInBrowser, hasChromium } from '../support/console.js';

const withChromium = hasChromium ? describe : describe.skip;

withChromium('The console, about keys', () => {
  let shop: ConsoleInBrowser;
  let page: Page;
  beforeAll(async () => {
    shop = await ConsoleInBrowser.open();
    page = await shop.signedIn('ada', '/keys');
  });
  afterEach(() => expect(shop.troubles.splice(0)).toEqual([]));
  afterAll(() => shop.close());

  const check = async (key: string): Promise<number> =>
    (await shop.program.call('GET', '/api/v1/keys/check', { headers: { 'x-api-key': key } })).status;
  const rows = (): Promise<string[]> => page.locator('tbody .name bdi:first-child').allTextContents();
  const open = async (path: string): Promise<void> => {
    await page.goto(`${shop.url}${path}`);
    await page.locator('h1').waitFor();
  };

  /** Creates a key in the form that is open, and returns its secret, as a person copies it. */
  async function createKey(description: string): Promise<string> {
    await page.getByLabel('Description').fill(description);
    await page.getByRole('dialog').getByRole('button', { name: 'Create key' }).click();
    await page.getByText('It is shown only here').waitFor();
    await page.getByRole('button', { name: /^Copy/ }).click();
    await page.getByText('Copied').waitFor();
    return page.evaluate('navigator.clipboard.readText()');
  }

  describe('The secret of a new key', () => {
    let secret: string;

    it('is valid, and masked until it is revealed', async () => {
      await open('/keys?create=key');
      secret = await createKey('Shown once');
      expect(secret).toMatch(/^ks_live_/);
      expect(await check(secret)).toBe(204);
      expect(await page.content()).not.toContain(secret);
      await page.getByRole('button', { name: 'Reveal' }).click();
      expect(await page.content()).toContain(secret);
    });

    it('does not go by Escape or by a click beside it', async () => {
      await page.keyboard.press('Escape');
      await page.keyboard.press('Escape');
      await page.mouse.click(5, 5);
      expect(await page.content()).toContain(secret);
    });

    it('is nowhere in the browser once the dialog is closed', async () => {
      await page.getByRole('button', { name: 'I have stored it' }).click();
      await page.getByRole('heading', { level: 1, name: 'Shown once' }).waitFor();
      const kept = await page.evaluate(
        'JSON.stringify([{ ...localStorage }, { ...sessionStorage }, history.state, location.href, document.cookie])',
      );
      expect(kept).not.toContain(secret.slice(20));
      expect(await page.content()).not.toContain(secret.slice(20));
    });

    it('cannot be seen again by a step back', async () => {
      await page.goBack();
      await page.goForward();
      expect(await page.content()).not.toContain(secret.slice(20));
    });
  });

  it('revokes a key only after a second look, and says when every instance refuses it', async () => {
    await open('/keys?create=key');
    const secret = await createKey('To be revoked');
    await page.getByRole('button', { name: 'I have stored it' }).click();
    await page.getByRole('button', { name: 'Revoke…' }).click();
    expect(await check(secret)).toBe(204);
    await page.getByRole('button', { name: 'Revoke for good' }).click();
    await page.getByText(/^Refused everywhere, in [\d.,]+ m?s$/).waitFor();
    expect(await check(secret)).toBe(401);
    await page.getByRole('dialog').getByRole('button', { name: 'All keys' }).click();
    await page.getByRole('heading', { level: 1, name: 'Keys' }).waitFor();
    expect(await rows()).not.toContain('To be revoked');
  });

  it('disables a key, and takes that back', async () => {
    await open('/keys?q=Shop+backend');
    await page.getByRole('link', { name: 'Shop backend' }).click();
    await page.getByRole('button', { name: 'Disable' }).click();
    await page.locator('.summary').getByText('disabled').waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.locator('.summary').getByText('active').waitFor();
    await page.getByRole('link', { name: 'All keys' }).click();
    await page.waitForURL('**/keys?q=Shop+backend');
  });

  it('shows what a change narrows before it is saved', async () => {
    await open('/keys?q=Shop+backend');
    await page.getByRole('link', { name: 'Shop backend' }).click();
    await page.getByRole('button', { name: 'Edit' }).click();
    await page.getByLabel('Level').selectOption('1');
    const preview = page.getByRole('region', { name: 'What changes' });
    await preview.getByText('narrows at once, everywhere').waitFor();
    await page.getByRole('button', { name: 'Save changes' }).click();
    await page.getByText('The key has been changed.').waitFor();
    await page.getByText('1 – reads some').waitFor();
  });

  it('rotates a key with an overlap, during which both secrets are shown', async () => {
    await open('/keys?q=Warehouse');
    await page.getByRole('link', { name: 'Warehouse' }).click();
    await page.getByRole('button', { name: 'Rotate…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Rotate' }).click();
    await page.getByText('Your new secret').waitFor();
    await page.getByRole('button', { name: 'I have stored it' }).click();
    await page.getByText('Previous, until the rotation ends').waitFor();
  });

  describe('Many keys', () => {
    it('are changed only when their number is typed', async () => {
      await open('/keys?q=Client+key');
      await page.getByLabel('Select all on this page').check();
      await page.getByRole('button', { name: 'Disable…' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('Type 2 to confirm').fill('3');
      await dialog.getByRole('button', { name: 'Disable 2 keys' }).click();
      expect(await dialog.getByLabel('Type 2 to confirm').count()).toBe(1);
      await dialog.getByLabel('Type 2 to confirm').fill('2');
      await dialog.getByRole('button', { name: 'Disable 2 keys' }).click();
      await dialog.getByText('2 keys are refused everywhere').waitFor();
      await dialog.getByRole('button', { name: 'Close' }).last().click();
      await page.locator('tbody .badge', { hasText: 'disabled' }).nth(1).waitFor();
    });

    it('can be all that the filter means, on every page', async () => {
      await open('/keys?status=disabled');
      await page.getByLabel('Select all on this page').check();
      await page.getByRole('button', { name: 'Select all keys that match' }).click();
      await page.getByRole('button', { name: 'Enable…' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel(/Type \d to confirm/).fill('3');
      await dialog.getByRole('button', { name: 'Enable 3 keys' }).click();
      await dialog.getByText('3 keys are accepted again').waitFor();
      await dialog.getByRole('button', { name: 'Close' }).last().click();
      await page.getByText('No key matches').waitFor();
    });
  });

  describe('The list', () => {
    it('has its filters in its address, through which the browser goes back and forward', async () => {
      await open('/keys');
      await page.getByText('Newsletter').waitFor();
      const all = await rows();
      await page.getByLabel('Status').selectOption('expired');
      await page.getByText('Autumn campaign').waitFor();
      expect(new URL(page.url()).search).toBe('?status=expired');
      await page.getByLabel('Sort by').selectOption('name');
      expect(new URL(page.url()).search).toBe('?status=expired&sort=name');
      await page.goBack();
      await page.goBack();
      await page.getByText('Newsletter').waitFor();
      expect(await rows()).toEqual(all);
      await page.goForward();
      await page.getByRole('link', { name: 'Newsletter' }).waitFor({ state: 'detached' });
      expect(await rows()).toEqual(['Autumn campaign']);
    });

    it('searches while one types', async () => {
      await open('/keys');
      await page.getByText('Newsletter').waitFor();
      await page.getByLabel('Search').fill('night');
      await page.getByRole('link', { name: 'Newsletter' }).waitFor({ state: 'detached' });
      expect(await rows()).toEqual(['Nightly export']);
      expect(new URL(page.url()).search).toBe('?q=night');
    });

    it('is what a card of the overview leads to', async () => {
      await open('/');
      await page.getByRole('link', { name: /Found exposed/ }).click();
      await page.getByText('Newsletter').waitFor();
      expect(await rows()).toEqual(['Newsletter']);
    });

    it('says what to do when nothing matches', async () => {
      await open('/keys?q=no+such+key');
      await page.getByRole('link', { name: 'Clear all' }).click();
      await page.getByText('Newsletter').waitFor();
    });
  });

  it.each([
    ['markup', '<img src=x onerror=alert(1)><script>alert(2)'],
    ['right-to-left text', 'مفتاح المتجر'],
    ['emoji', '🔑👩‍👩‍👧‍👦🇺🇳'],
    ['one long word', 'x'.repeat(50)],
  ])('shows a name of %s as it is', async (_what, name) => {
    await open('/keys?create=key');
    await createKey(name);
    await page.getByRole('button', { name: 'I have stored it' }).click();
    await page.getByRole('heading', { level: 1, name, exact: true }).waitFor();
    await page.setViewportSize({ width: 360, height: 800 });
    for (const path of [new URL(page.url()).pathname.replace('/console', ''), '/keys', '/']) {
      await open(path);
      await page.getByText(name, { exact: true }).first().waitFor();
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
    }
    await page.setViewportSize({ width: 1280, height: 900 });
  });
});
