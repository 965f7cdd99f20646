/** Guarantees of the console when something is in the way: a slow server, other windows, what changed meanwhile. In a real browser. */

import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { ConsoleInBrowser, hasChromium } from '../support/console.js';

const withChromium = hasChromium ? describe : describe.skip;

const SLOW_MS = 1200;

withChromium('The console, in hardship', () => {
  let shop: ConsoleInBrowser;
  beforeAll(async () => {
    shop = await ConsoleInBrowser.open();
  });
  afterEach(() => expect(shop.troubles.splice(0)).toEqual([]));
  afterAll(() => shop.close());

  const names = (page: Page): Promise<string[]> => page.locator('tbody .name bdi:first-child').allTextContents();

  /** A second window of the same browser, at a path. */
  async function anotherWindow(page: Page, path: string): Promise<Page> {
    const other = await page.context().newPage();
    await other.goto(`${shop.url}${path}`);
    await other.locator('h1').waitFor();
    return other;
  }

  it('creates one key, however often a person clicks while the server is slow', async () => {
    const page = await shop.signedIn('ada', '/keys?create=key');
    let requests = 0;
    await page.route('**/api-keys', async (route) => {
      if (route.request().method() === 'POST') requests += 1;
      await sleep(SLOW_MS);
      await route.continue();
    });
    await page.getByLabel('Description').fill('Made slowly');
    const submit = page.getByRole('dialog').getByRole('button', { name: 'Create key' });
    await submit.dblclick();
    await page.getByRole('dialog').locator('[aria-disabled=true]').waitFor();
    await submit.click({ force: true });
    await page.getByLabel('Description').press('Enter');
    await page.getByText('Your new key').waitFor();
    expect(requests).toBe(1);
    const token = await shop.tokenOf('ada');
    const { body } = await shop.program.call('GET', '/api/v1/api-keys?q=Made+slowly', { token });
    expect(body.items).toHaveLength(1);
  });

  it('shows what was searched for last, also when the answer to something before comes later', async () => {
    const page = await shop.signedIn('ada', '/keys');
    await page.getByText('Newsletter').waitFor();
    await page.route('**/api-keys?*q=news*', async (route) => {
      await sleep(SLOW_MS);
      await route.continue();
    });
    await page.getByLabel('Search').fill('news');
    await page.waitForURL('**/keys?q=news');
    await page.getByLabel('Search').fill('night');
    await page.getByRole('link', { name: 'Newsletter' }).waitFor({ state: 'detached' });
    await sleep(SLOW_MS);
    expect(await names(page)).toEqual(['Nightly export']);
  });

  it('shows a list at once although the usage of its keys is late', async () => {
    const page = await shop.newPage();
    await page.route('**/usage/daily?*', async (route) => {
      await sleep(SLOW_MS);
      await route.continue();
    });
    await page.goto(`${shop.url}/keys`);
    await shop.signIn(page, 'ada');
    await page.getByText('Newsletter').waitFor();
    expect(await page.locator('.sparkline').count()).toBe(0);
    await page.locator('.sparkline').first().waitFor();
  });

  it('says so when a key was revoked in another window, and changes nothing', async () => {
    const first = await shop.signedIn('ada', '/keys?q=Nightly');
    await first.getByRole('link', { name: 'Nightly export' }).click();
    await first.getByRole('heading', { level: 1, name: 'Nightly export' }).waitFor();
    const second = await anotherWindow(first, new URL(first.url()).pathname.replace('/console', ''));
    await second.getByRole('button', { name: 'Revoke…' }).click();
    await second.getByRole('button', { name: 'Revoke for good' }).click();
    await second.getByText(/^Refused everywhere/).waitFor();
    await first.getByRole('button', { name: 'Edit' }).click();
    await first.getByLabel('Description').fill('Changed too late');
    await first.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
    await first.getByRole('alert').first().waitFor();
    expect(await first.getByLabel('Description').inputValue()).toBe('Changed too late');
  });

  it('goes on in every window when a person signs in again in one of them', async () => {
    const first = await shop.signedIn('ada', '/keys?create=key');
    const second = await anotherWindow(first, '/applications');
    await first.getByLabel('Description').fill('Typed in the first window');
    await first.waitForLoadState('networkidle');
    await shop.program.call('DELETE', '/api/v1/sessions', { token: await shop.tokenOf('ada') });
    await first.getByRole('dialog').getByRole('button', { name: 'Create key' }).click();
    await first.getByText('Your session has ended').waitFor();
    await second.reload();
    await shop.signIn(second, 'ada');
    await first.getByText('Your new key').waitFor();
  });

  it('shows nothing more of a person in any window once another has signed in', async () => {
    const first = await shop.signedIn('ada', '/keys');
    await first.getByText('Newsletter').waitFor();
    const second = await anotherWindow(first, '/');
    await second.getByRole('button', { name: /Your account/ }).click();
    await second.getByRole('button', { name: 'Sign out' }).click();
    await second.getByRole('heading', { name: 'Sign in' }).waitFor();
    await shop.signIn(second, 'admin');
    await first.getByText('Newsletter').waitFor({ state: 'detached' });
    await first.getByRole('button', { name: /admin/ }).waitFor();
  });
});
