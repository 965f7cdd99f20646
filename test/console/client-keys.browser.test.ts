/** Guarantees of the console about client keys, in a real browser. */

import type { Page } from 'playwright-core';
import { ConsoleInBrowser, hasChromium } from '../support/console.js';

const withChromium = hasChromium ? describe : describe.skip;

/** Creates a key in the page, and returns its pair, as a person copies it. */
async function createKey(page: Page): Promise<string> {
  await page.getByRole('button', { name: 'Create key' }).first().click();
  await page.getByRole('dialog').getByLabel('Expires').selectOption('In 30 days');
  await page.getByRole('dialog').getByRole('button', { name: 'Create key' }).click();
  await page.getByText('It is shown only here').waitFor();
  await page.getByRole('button', { name: /^Copy/ }).click();
  await page.getByText('Copied').waitFor();
  return page.evaluate<string>('navigator.clipboard.readText()');
}

withChromium('The console, about client keys', () => {
  let shop: ConsoleInBrowser;
  let page: Page;
  beforeAll(async () => {
    shop = await ConsoleInBrowser.open();
    page = await shop.signedIn('ada', '/client-keys');
  });
  afterEach(() => expect(shop.troubles.splice(0)).toEqual([]));
  afterAll(() => shop.close());

  const check = async (basic: string): Promise<number> =>
    (await shop.program.call('GET', '/api/v1/keys/check', { basic })).status;

  it('creates one, and shows its pair once, until it is revoked', async () => {
    const pair = await createKey(page);
    const [id = '', secret = ''] = pair.split(':');
    expect(await check(pair)).toBe(204);
    expect(await page.content()).not.toContain(secret);
    await page.getByRole('button', { name: 'I have stored it' }).click();
    const row = page.getByRole('row').filter({ hasText: id });
    await row.getByText('in 4 weeks').waitFor();
    await row.getByRole('button', { name: `Revoke… ${id}` }).click();
    expect(await check(pair)).toBe(204);
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke for good' }).click();
    await page.getByText(/^Refused everywhere, in/).waitFor();
    await row.waitFor({ state: 'detached' });
    expect(await check(pair)).toBe(401);
  });

  it('has no secret of those that exist in the page, nor in what it keeps', async () => {
    const token = await shop.tokenOf('ada');
    const { body } = await shop.program.call('GET', '/api/clients/api-keys', { token });
    await page.reload();
    await page.getByRole('rowheader', { name: body.data[0].apikey }).waitFor();
    const kept = await page.evaluate<string>('JSON.stringify([{ ...localStorage }, { ...sessionStorage }])');
    for (const { apisecret } of body.data) {
      expect(apisecret).toMatch(/^[0-9a-f]{64}$/);
      expect(kept + (await page.content())).not.toContain(apisecret);
    }
  });

  it('does not create a second one if the secret of the first could not be read', async () => {
    await page.reload();
    await page.getByRole('row').nth(1).waitFor();
    const before = await page.getByRole('row').count();
    await page.context().route('**/api/clients/api-keys?status=active', (route) => route.abort());
    await page.getByRole('button', { name: 'Create key' }).first().click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Create key' }).click();
    await dialog.getByText('The server cannot be reached.').waitFor();
    await page.context().unroute('**/api/clients/api-keys?status=active');
    await dialog.getByRole('button', { name: 'Create key' }).click();
    await page.getByRole('button', { name: 'I have stored it' }).click();
    await page.getByRole('row').nth(before).waitFor();
    expect(await page.getByRole('row').count()).toBe(before + 1);
  });

  it('shows them to a member who may not change them', async () => {
    const reader = await shop.signedIn('katherine', '/client-keys');
    await reader.getByRole('row').nth(1).waitFor();
    expect(await reader.getByRole('button', { name: /Create|Revoke/ }).count()).toBe(0);
  });
});

withChromium('The console of a server that does not reveal the secrets of client keys', () => {
  let shop: ConsoleInBrowser;
  beforeAll(async () => {
    shop = await ConsoleInBrowser.open(() => ({ REVEAL_CLIENT_SECRETS: 'false' }));
  });
  afterAll(() => shop.close());

  it('says so of a new key', async () => {
    const page = await shop.signedIn('ada', '/client-keys');
    await page.getByRole('button', { name: 'Create key' }).first().click();
    await page.getByRole('dialog').getByRole('button', { name: 'Create key' }).click();
    await page.getByText('this server shows the secrets of client keys to nobody').waitFor();
  });
});
