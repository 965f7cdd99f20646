/** Guarantees of the console about the merchant and its policies, in a real browser. */

import type { Page } from 'playwright-core';
import { ConsoleInBrowser, hasChromium } from '../support/console.js';

const withChromium = hasChromium ? describe : describe.skip;

withChromium('The console, about the merchant', () => {
  let shop: ConsoleInBrowser;
  let page: Page;
  beforeAll(async () => {
    shop = await ConsoleInBrowser.open();
    page = await shop.signedIn('ada', '/policies');
  });
  afterEach(() => expect(shop.troubles.splice(0)).toEqual([]));
  afterAll(() => shop.close());

  /** What the server has of the merchant. */
  async function readMerchant(path = ''): Promise<Record<string, unknown>> {
    const token = await shop.tokenOf('ada');
    return (await shop.program.call('GET', `/api/v1/merchants/me${path}`, { token })).body;
  }

  /** A card of the page, by its heading. */
  const card = (name: string) => page.getByRole('region', { name });
  const save = (name: string): Promise<void> => card(name).getByRole('button', { name: 'Save changes' }).click();

  it('decides what happens to leaked keys', async () => {
    const before = await readMerchant('/exposure-policy');
    await page.getByLabel('Sent over plain HTTP').selectOption('Disable the key, and notify you');
    await save('Exposed keys');
    await page.getByText('The policy has been changed.').waitFor();
    expect(await readMerchant('/exposure-policy')).toEqual({ ...before, overHttp: 'disable' });
  });

  it('decides after how many days unused keys go', async () => {
    // Without the message of the change before.
    await page.reload();
    await page.getByLabel('Notify you after days').fill('30');
    await page.getByLabel('Disable after days').fill('60');
    await page.getByLabel('Revoke for good after days').fill('0');
    await save('Unused keys');
    await page.getByText('The policy has been changed.').waitFor();
    const policy = { idleAfterDays: 30, disableAfterDays: 60, deleteAfterDays: 0 };
    expect(await readMerchant('/idle-policy')).toEqual(policy);
  });

  it('says which step is out of order, and keeps what was typed', async () => {
    await page.reload();
    await page.getByLabel('Notify you after days').fill('90');
    await save('Unused keys');
    await page.locator('input[aria-invalid]').waitFor();
    expect(await page.getByLabel('Notify you after days').inputValue()).toBe('90');
    expect((await readMerchant('/idle-policy')).idleAfterDays).toBe(30);
  });

  it('decides how long keys live, in days, and leads to those that live longer', async () => {
    await page.reload();
    await page.getByLabel('Longest lifetime in days').fill('90');
    await page.getByLabel('Default lifetime in days').fill('0.5');
    await save('Lifetime of keys');
    await page.getByText('The policy has been changed.').waitFor();
    const { own } = await readMerchant('/key-policy');
    expect(own).toEqual({ maxLifeSeconds: 7_776_000, defaultLifeSeconds: 43_200, expiryRequired: false });
    await page.getByRole('link', { name: /keys? lives? longer than this allows/ }).click();
    await page.getByRole('heading', { level: 1, name: 'Keys' }).waitFor();
    expect(new URL(page.url()).search).toBe('?exceedsPolicy=true');
  });

  it('leaves to the operator what is emptied', async () => {
    await page.goto(`${shop.url}/policies`);
    await page.getByLabel('Longest lifetime in days').fill('');
    await page.getByLabel('Every key must expire').check();
    await save('Lifetime of keys');
    await page.getByText('The policy has been changed.').waitFor();
    const { own } = await readMerchant('/key-policy');
    expect(own).toEqual({ maxLifeSeconds: null, defaultLifeSeconds: 43_200, expiryRequired: true });
  });

  it('says that the default lifetime is longer than the longest', async () => {
    await page.reload();
    await page.getByLabel('Longest lifetime in days').fill('0.25');
    await save('Lifetime of keys');
    await card('Lifetime of keys').getByRole('alert').waitFor();
    expect(await readMerchant('/key-policy')).toMatchObject({ own: { maxLifeSeconds: null } });
  });

  it('changes the details of the merchant, and removes one that is emptied', async () => {
    await page.goto(`${shop.url}/merchant`);
    await page.getByLabel('Trading name').fill('Example Shop & Sons');
    await page.getByLabel('Country').fill('DE');
    await save('Details');
    await page.getByText('The details have been changed.').waitFor();
    expect((await readMerchant()).details).toMatchObject({ tradingName: 'Example Shop & Sons', country: 'DE' });
    await page.reload();
    await page.getByLabel('Trading name').fill('');
    await save('Details');
    await page.getByText('The details have been changed.').waitFor();
    expect((await readMerchant()).details).not.toHaveProperty('tradingName');
  });

  it('shows the policies and the merchant to a member who may not change them', async () => {
    const reader = await shop.signedIn('katherine', '/policies');
    await reader.getByText('after 60 days').waitFor();
    await reader.getByRole('link', { name: 'Merchant' }).click();
    await reader.getByText('Every scope').waitFor();
    expect(await reader.getByRole('button', { name: 'Save changes' }).count()).toBe(0);
  });

  it('demands a second factor of every member, and leads those without one to where it is set up', async () => {
    await page.goto(`${shop.url}/policies`);
    await page.getByLabel('Every member needs a second factor').check();
    await save('Sign-in of members');
    await page.getByText('Your account must have a second factor.').waitFor();
    const token = await shop.tokenOf('katherine');
    const { headers } = await shop.program.call('GET', '/api/v1/merchants/me', { token });
    expect(headers['x-error-code']).toBe('access.second_factor_lacking');
  });
});
