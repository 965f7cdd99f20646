/** Guarantees of the console about sessions, in a real browser. */

import { TOTP } from 'otpauth';
import type { Page } from 'playwright-core';
import { ConsoleInBrowser, hasChromium } from '../support/console.js';

const withChromium = hasChromium ? describe : describe.skip;

withChromium('The console, about sessions', () => {
  let shop: ConsoleInBrowser;
  beforeAll(async () => {
    shop = await ConsoleInBrowser.open();
  });
  afterEach(() => expect(shop.troubles.splice(0)).toEqual([]));
  afterAll(() => shop.close());

  /** Ends all sessions of a member, as the member can from elsewhere. */
  async function endSessions(page: Page, member: 'ada' | 'grace'): Promise<void> {
    // A request of the page that comes later would open the dialog before the person does anything.
    await page.waitForLoadState('networkidle');
    const token = await shop.tokenOf(member);
    await shop.program.call('DELETE', '/api/v1/sessions', { token });
  }

  it('refuses a wrong password with the id of the request', async () => {
    const page = await shop.newPage();
    await page.goto(shop.url);
    await page.getByLabel('User name or e-mail address').fill('ada@example-shop.example');
    await page.getByLabel('Password').fill('not the password');
    await page.getByRole('button', { name: 'Sign in' }).click();
    const alert = page.getByRole('alert');
    expect(await alert.textContent()).toContain('The user name or the password is wrong.');
    expect(await alert.locator('code').textContent()).not.toBe('');
    expect(await page.getByLabel('Password').inputValue()).toBe('');
    expect(await page.getByRole('link', { name: /^Sign in with/ }).count()).toBe(0);
  });

  it('begins without a request that is refused, for strangers and for those who are signed in', async () => {
    const page = await shop.newPage();
    const answers: number[] = [];
    page.on('response', (response) => answers.push(response.status()));
    await page.goto(shop.url);
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await page.waitForLoadState('networkidle');
    await shop.signIn(page, 'ada');
    await page.reload();
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
    await page.waitForLoadState('networkidle');
    expect(answers.filter((status) => status >= 400)).toEqual([]);
  });

  it('leads to the page that was asked for, by a cookie that no script can read', async () => {
    const page = await shop.signedIn('ada', '/keys?status=expired');
    await page.getByText('Autumn campaign').waitFor();
    expect(await page.evaluate('document.cookie')).toBe('');
    const [cookie] = await page.context().cookies();
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict' });
    await page.reload();
    await page.getByText('Autumn campaign').waitFor();
  });

  it('signs out, after which a step back shows nothing', async () => {
    const page = await shop.signedIn('ada', '/keys');
    await page.getByText('Newsletter').waitFor();
    await page.getByRole('button', { name: /Your account/ }).click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await page.goBack();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    expect(await page.content()).not.toContain('Newsletter');
  });

  it('asks for the second factor of an account that has one', async () => {
    const token = await shop.tokenOf('grace');
    const call = (path: string, json: object) =>
      shop.program.call('POST', `/api/v1/second-factor/${path}`, { token, json });
    const { secret } = (await call('totp', { currentPassword: shop.password })).body;
    const codeAt = (timestamp: number): string => new TOTP({ secret }).generate({ timestamp });
    await call('totp/confirm', { code: codeAt(Date.now()) });
    const page = await shop.newPage();
    await page.goto(shop.url);
    await page.getByLabel('User name or e-mail address').fill('grace@example-shop.example');
    await page.getByLabel('Password').fill(shop.password);
    await page.keyboard.press('Enter');
    await page.getByLabel('Code from your authenticator app').fill('000000');
    await page.keyboard.press('Enter');
    await page.getByText('The code is wrong or has been used').waitFor();
    // A code is accepted once: this is the one of the next half minute.
    await page.keyboard.type(codeAt(Date.now() + 30_000));
    await page.keyboard.press('Enter');
    await page.locator('main#main').waitFor();
  });

  it('keeps what was typed when the session ends, and sends it after the next sign-in', async () => {
    const page = await shop.signedIn('ada', '/keys?create=key');
    await page.getByLabel('Description').fill('Typed before the end');
    await page.getByRole('textbox', { name: 'Scopes' }).fill('orders:read');
    await endSessions(page, 'ada');
    await page.getByRole('dialog').getByRole('button', { name: 'Create key' }).click();
    await page.getByText('Your session has ended').waitFor();
    await page.getByLabel('Password').fill(shop.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('Your new key').waitFor();
    await page.getByRole('button', { name: 'I have stored it' }).click();
    await page.getByRole('heading', { name: 'Typed before the end' }).waitFor();
    await page.getByText('orders:read').first().waitFor();
  });

  it('starts afresh when another person signs in again', async () => {
    const page = await shop.signedIn('ada', '/keys?create=key');
    await page.getByLabel('Description').fill('Not for others');
    await endSessions(page, 'ada');
    await page.getByRole('dialog').getByRole('button', { name: 'Create key' }).click();
    await page.getByLabel('User name or e-mail address').fill('alan@example-shop.example');
    await page.getByLabel('Password').fill(shop.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('button', { name: /alan@/ }).waitFor();
    expect(await page.content()).not.toContain('Not for others');
  });

  it('shows a person who only reads nothing to change', async () => {
    const page = await shop.signedIn('katherine', '/keys');
    await page.getByRole('link', { name: 'Shop backend' }).click();
    await page.getByRole('heading', { name: 'Shop backend' }).waitFor();
    expect(await page.getByRole('button', { name: /Revoke|Rotate|Edit|Disable/ }).count()).toBe(0);
    for (const path of ['/', '/keys', '/applications']) {
      await page.goto(`${shop.url}${path}`);
      await page.locator('main h1').waitFor();
      expect(await page.getByText(/^Create (a|k)/).count()).toBe(0);
    }
    await page.goto(`${shop.url}/keys?create=key`);
    await page.getByText('Newsletter').waitFor();
    expect(await page.getByRole('dialog').count()).toBe(0);
  });

  it('speaks the language of the browser, and remembers another that was chosen', async () => {
    const page = await shop.newPage({ locale: 'de-DE' });
    await page.goto(shop.url);
    await page.getByRole('heading', { name: 'Anmelden' }).waitFor();
    await page.getByLabel('Sprache').selectOption('en');
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    expect(await page.getAttribute('html', 'lang')).toBe('en');
  });

  it('says that the server cannot be reached, and goes on when it can', async () => {
    const page = await shop.signedIn('ada', '/applications');
    await page.getByRole('link', { name: 'Web shop (staging)' }).waitFor();
    await page.context().setOffline(true);
    await page.getByRole('button', { name: 'Create application' }).click();
    await page.getByLabel('Name').fill('Made on a bad line');
    const submit = page.getByRole('dialog').getByRole('button', { name: 'Create application' });
    await submit.click();
    await page.getByText('The server cannot be reached').waitFor();
    await page.context().setOffline(false);
    await submit.click();
    await page.getByRole('link', { name: 'Made on a bad line' }).waitFor();
  });
});
