/** Guarantees of the console about OpenID providers, in a real browser. */

import { TOTP } from 'otpauth';
import type { Page } from 'playwright-core';
import { ConsoleInBrowser, hasChromium } from '../support/console.js';
import { OidcTestProvider } from '../support/oidc-provider.js';

const withChromium = hasChromium ? describe : describe.skip;

withChromium('The console, about OpenID providers', () => {
  let provider: OidcTestProvider;
  let shop: ConsoleInBrowser;
  beforeAll(async () => {
    shop = await ConsoleInBrowser.open(async ({ origin, clientId }) => {
      provider = await OidcTestProvider.start({}, origin);
      return {
        ...provider.settings,
        OIDC_NAME: 'Example SSO',
        OIDC_MERCHANT: clientId,
        OIDC_ALLOWED_DOMAINS: 'example-shop.example',
        OIDC_DEFAULT_ROLE: 'user',
      };
    });
    for (const name of ['edsger', 'barbara', 'tony']) provider.add(name, `${name}@example-shop.example`);
    provider.add('stranger', 'stranger@elsewhere.example');
  });
  afterEach(() => expect(shop.troubles.splice(0)).toEqual([]));
  afterAll(async () => {
    await shop.close();
    await provider.stop();
  });

  /** Goes from the sign-in of the console to the provider's. */
  async function goToProvider(page: Page): Promise<void> {
    // The provider's pages have fonts from elsewhere.
    await page.context().route('https://**', (route) => route.abort());
    await page.getByRole('link', { name: 'Sign in with Example SSO' }).click();
  }

  /** Fills in the provider's forms. */
  async function signInAtProvider(page: Page, name: string): Promise<void> {
    await page.locator('input[name=login]').fill(name);
    await page.locator('input[name=password]').fill('any');
    await page.getByRole('button', { name: 'Sign-in' }).click();
    await page.getByRole('button', { name: 'Continue' }).click();
  }

  it('signs a person in, and leads to the page that was asked for', async () => {
    const page = await shop.newPage();
    await page.goto(`${shop.url}/keys?status=expired`);
    await goToProvider(page);
    await signInAtProvider(page, 'edsger');
    await page.getByText('Autumn campaign').waitFor();
    expect(page.url()).toBe(`${shop.url}/keys?status=expired`);
    await page.getByRole('button', { name: /edsger/i }).waitFor();
    expect(await page.evaluate('sessionStorage.length')).toBe(0);
  });

  it('lets a person without a password set a second factor up, and asks for it', async () => {
    const page = await shop.newPage();
    await page.goto(`${shop.url}/settings`);
    await goToProvider(page);
    await signInAtProvider(page, 'barbara');
    await page.getByRole('button', { name: 'Set up an authenticator app…' }).click();
    await page.getByRole('button', { name: 'Continue' }).click();
    const secret = await page.getByRole('group', { name: 'Secret for the app' }).locator('code').textContent();
    const codeAt = (timestamp: number): string => new TOTP({ secret: secret ?? '' }).generate({ timestamp });
    await page.getByLabel('Code from your authenticator app').fill(codeAt(Date.now()));
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'I have stored them' }).click();
    await page.getByRole('button', { name: /Your account/ }).click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    // The provider knows the person already.
    await goToProvider(page);
    await page.getByLabel('Code from your authenticator app').fill('000000');
    await page.keyboard.press('Enter');
    await page.getByText('The code is wrong or has been used').waitFor();
    await page.keyboard.type(codeAt(Date.now() + 30_000));
    await page.keyboard.press('Enter');
    await page.locator('main#main').waitFor();
  });

  it.each<[string, string, (page: Page) => Promise<void>]>([
    [
      'a person of another domain',
      'E-mail addresses of your domain may not sign in.',
      (page) => signInAtProvider(page, 'stranger'),
    ],
    [
      'a person whom the provider does not sign in',
      'The provider has not signed you in.',
      (page) => page.getByText('Cancel').click(),
    ],
  ])('tells %s why, and starts over', async (_who, why, fillIn) => {
    const page = await shop.newPage();
    await page.goto(`${shop.url}/members`);
    await goToProvider(page);
    await fillIn(page);
    await page.getByText(why).waitFor();
    await page.getByRole('button', { name: 'Start over' }).click();
    await page.getByLabel('Password').waitFor();
    expect(page.url()).toBe(`${shop.url}/members`);
  });

  it('opens no session with an answer that this browser has not asked for', async () => {
    const page = await shop.newPage();
    await page.goto(`${shop.url}/oidc?code=of-somebody-else&state=of-somebody-else`);
    await page.getByText('This sign-in was not begun in this browser').waitFor();
    expect(await page.context().cookies()).toEqual([]);
  });

  it('keeps what was typed when the session ends, while the person signs in again in another window', async () => {
    const signIn = async (): Promise<Page> => {
      const page = await shop.newPage();
      await page.goto(`${shop.url}/settings`);
      await goToProvider(page);
      await signInAtProvider(page, 'tony');
      await page.getByRole('heading', { name: 'Your account' }).waitFor();
      return page;
    };
    const page = await signIn();
    await page.goto(`${shop.url}/keys?create=key`);
    await page.getByLabel('Description').fill('Typed before the end');
    const elsewhere = await signIn();
    await elsewhere.getByRole('button', { name: 'End all others' }).click();
    await elsewhere.getByText('All other sessions have ended.').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Create key' }).click();
    await page.getByText('Your session has ended').waitFor();
    const opened = page.waitForEvent('popup');
    await goToProvider(page);
    const beside = await opened;
    await beside.locator('main#main').waitFor();
    await beside.close();
    // Windows without a screen never lose the focus.
    await page.evaluate(`dispatchEvent(new Event('focus'))`);
    await page.getByText('Your new key').waitFor();
    await page.getByRole('button', { name: 'I have stored it' }).click();
    await page.getByRole('heading', { name: 'Typed before the end' }).waitFor();
  });
});
