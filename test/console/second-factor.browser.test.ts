/** Guarantees of the console about second factors, in a real browser. */

import { TOTP } from 'otpauth';
import type { Locator, Page } from 'playwright-core';
import decodeQR, { type Image } from 'qr/decode.js';
import { ConsoleInBrowser, hasChromium, type Member } from '../support/console.js';

const withChromium = hasChromium ? describe : describe.skip;

withChromium('The console, about second factors', () => {
  let shop: ConsoleInBrowser;
  beforeAll(async () => {
    shop = await ConsoleInBrowser.open();
  });
  afterEach(() => expect(shop.troubles.splice(0)).toEqual([]));
  afterAll(() => shop.close());

  const codeOf = (secret: string, steps = 0): string =>
    new TOTP({ secret }).generate({ timestamp: Date.now() + steps * 30_000 });

  const clipboardOf = (page: Page): Promise<string> => page.evaluate<string>('navigator.clipboard.readText()');

  /** Fills in the password that a dialog asks for, and sends it. */
  async function confirmAsOwner(page: Page, submit: string): Promise<void> {
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Current password').fill(shop.password);
    await dialog.getByRole('button', { name: submit, exact: true }).click();
  }

  /** Takes the recovery codes that are shown, and closes their dialog. */
  async function takeRecoveryCodes(page: Page): Promise<string[]> {
    await page.getByRole('heading', { name: 'Your recovery codes' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Copy Recovery codes' }).click();
    await page.getByText('Copied').waitFor();
    const codes = (await clipboardOf(page)).split('\n');
    expect(codes).toEqual(await page.locator('.recovery-codes li').allTextContents());
    await page.getByRole('button', { name: 'I have stored them' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await page.content()).not.toContain(codes[0]);
    return codes;
  }

  /** Sends the password of a member, which is answered by a question for the second factor. */
  async function beginToSignIn(member: Member): Promise<Page> {
    const page = await shop.newPage();
    await page.goto(shop.url);
    await page.locator('input[autocomplete=username]').fill(`${member}@example-shop.example`);
    await page.getByLabel('Password').fill(shop.password);
    await page.keyboard.press('Enter');
    await page.getByText('This account has a second factor.').waitFor();
    return page;
  }

  /** Reads a QR code as a camera does. */
  async function scan(code: Locator): Promise<string> {
    const picture = `data:image/png;base64,${(await code.screenshot()).toString('base64')}`;
    const { data, ...size } = await code.page().evaluate<Image & { data: number[] }>(`(async () => {
      const image = new Image();
      image.src = '${picture}';
      await image.decode();
      const { width, height } = image;
      const context = Object.assign(document.createElement('canvas'), { width, height }).getContext('2d');
      context.drawImage(image, 0, 0);
      return { width, height, data: [...context.getImageData(0, 0, width, height).data] };
    })()`);
    return decodeQR({ ...size, data: Uint8Array.from(data) });
  }

  /** Plugs a security key in that is touched whenever it is asked. */
  async function plugIn(page: Page): Promise<void> {
    const debuggerOfPage = await page.context().newCDPSession(page);
    await debuggerOfPage.send('WebAuthn.enable');
    await debuggerOfPage.send('WebAuthn.addVirtualAuthenticator', {
      options: { protocol: 'ctap2', transport: 'usb', automaticPresenceSimulation: true },
    });
  }

  it('sets an authenticator app up, whose recovery codes are shown once and let their owner in', async () => {
    const page = await shop.signedIn('grace', '/settings');
    await page.getByRole('button', { name: 'Set up an authenticator app…' }).click();
    await page.getByRole('dialog').getByLabel('Current password').fill('not the password');
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByText('The current password is wrong.').waitFor();
    await confirmAsOwner(page, 'Continue');
    await page.getByRole('button', { name: 'Copy Secret for the app' }).click();
    await page.getByText('Copied').waitFor();
    const secret = await clipboardOf(page);
    const link = await page.getByRole('link', { name: 'Open the app on this device' }).getAttribute('href');
    expect(link).toContain(`secret=${secret}`);
    expect(await scan(page.getByRole('img', { name: 'QR code with the secret' }))).toBe(link);
    await page.getByLabel('Code from your authenticator app').fill('000000');
    await page.keyboard.press('Enter');
    await page.getByText('The code is wrong.').waitFor();
    await page.keyboard.type(codeOf(secret));
    await page.keyboard.press('Enter');
    const codes = await takeRecoveryCodes(page);
    expect(codes).toHaveLength(10);
    await page.getByText('10 codes are left').waitFor();
    expect(await page.content()).not.toContain(secret);

    const elsewhere = await beginToSignIn('grace');
    await elsewhere.getByRole('button', { name: 'Use a recovery code instead' }).click();
    await elsewhere.getByLabel('Recovery code').fill(codes[0] ?? '');
    await elsewhere.keyboard.press('Enter');
    await elsewhere.locator('main#main').waitFor();
    await page.reload();
    await page.getByText('9 codes are left').waitFor();
  });

  it('registers a passkey, signs in with it and removes it', async () => {
    const page = await shop.signedIn('alan', '/settings');
    await plugIn(page);
    await page.getByRole('button', { name: 'Add a passkey…' }).click();
    await page.getByLabel('Name').fill('Office key');
    await confirmAsOwner(page, 'Create the passkey');
    await takeRecoveryCodes(page);
    await page.getByText('Office key').waitFor();

    // The same security key a second time.
    await page.getByRole('button', { name: 'Add a passkey…' }).click();
    await page.getByLabel('Name').fill('Once more');
    await confirmAsOwner(page, 'Create the passkey');
    await page.getByText('This device or security key has been registered already.').waitFor();
    await page.keyboard.press('Escape');

    await page.getByRole('button', { name: /Your account/ }).click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.locator('input[autocomplete=username]').fill('alan@example-shop.example');
    await page.getByLabel('Password').fill(shop.password);
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Use a passkey' }).click();
    await page.locator('main#main').waitFor();

    await page.goto(`${shop.url}/settings`);
    await page.getByRole('button', { name: 'Remove the passkey Office key' }).click();
    await confirmAsOwner(page, 'Remove');
    await page.getByText('The passkey is removed.').waitFor();
    await page.getByText('Office key').waitFor({ state: 'detached' });
    await page.getByText(/codes are left/).waitFor({ state: 'detached' });
  });

  it('says what to do when the person cancels', async () => {
    const page = await shop.signedIn('alan', '/settings');
    // As Chromium does when its own window, which the page cannot reach, is closed.
    await page.evaluate(`
      const create = navigator.credentials.create.bind(navigator.credentials);
      const signal = AbortSignal.abort(new DOMException('', 'NotAllowedError'));
      navigator.credentials.create = (options) => create({ ...options, signal });
    `);
    await page.getByRole('button', { name: 'Add a passkey…' }).click();
    await page.getByLabel('Name').fill('Office key');
    await confirmAsOwner(page, 'Create the passkey');
    await page.getByText('No passkey was used: it was cancelled').waitFor();
  });

  it('replaces recovery codes, which invalidates those before', async () => {
    const page = await shop.signedIn('katherine', '/settings');
    await page.getByRole('button', { name: 'Set up an authenticator app…' }).click();
    await confirmAsOwner(page, 'Continue');
    await page.getByRole('button', { name: 'Copy Secret for the app' }).click();
    await page.getByText('Copied').waitFor();
    const secret = await clipboardOf(page);
    await page.getByLabel('Code from your authenticator app').fill(codeOf(secret));
    await page.keyboard.press('Enter');
    const [former = ''] = await takeRecoveryCodes(page);
    await page.getByRole('button', { name: 'Replace the codes…' }).click();
    await confirmAsOwner(page, 'Create new codes');
    const [current = ''] = await takeRecoveryCodes(page);

    const elsewhere = await beginToSignIn('katherine');
    await elsewhere.getByRole('button', { name: 'Use a recovery code instead' }).click();
    await elsewhere.getByLabel('Recovery code').fill(former);
    await elsewhere.keyboard.press('Enter');
    await elsewhere.getByRole('alert').waitFor();
    await elsewhere.getByLabel('Recovery code').fill(current);
    await elsewhere.keyboard.press('Enter');
    await elsewhere.locator('main#main').waitFor();
  });

  it('leads a person there who must have a second factor, and lets nobody remove the last one', async () => {
    const token = await shop.tokenOf('ada');
    const demand = (requireSecondFactor: boolean) =>
      shop.program.call('PATCH', '/api/v1/merchants/me/sign-in-policy', { token, json: { requireSecondFactor } });
    const page = await shop.signedIn('ada', '/keys');
    await page.getByText('Newsletter').waitFor();
    expect((await demand(true)).status).toBe(200);
    await page.getByRole('link', { name: 'Members' }).click();
    await page.getByText('Your account must have a second factor. Set one up below').waitFor();
    expect(new URL(page.url()).pathname).toBe('/console/settings');

    await page.getByRole('button', { name: 'Set up an authenticator app…' }).click();
    await confirmAsOwner(page, 'Continue');
    await page.getByRole('button', { name: 'Copy Secret for the app' }).click();
    await page.getByText('Copied').waitFor();
    await page.getByLabel('Code from your authenticator app').fill(codeOf(await clipboardOf(page)));
    await page.keyboard.press('Enter');
    await takeRecoveryCodes(page);
    await page.getByText('Set one up below').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Remove the authenticator app' }).click();
    await confirmAsOwner(page, 'Remove');
    await page.getByText('Set up another one before you remove this one.').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('link', { name: 'Members' }).click();
    await page.getByRole('button', { name: 'Invite member' }).waitFor();
  });
});
