/** Guarantees of the console about members, the audit trail and the own account, in a real browser. */

import { ConsoleInBrowser, hasChromium } from '../support/console.js';

const withChromium = hasChromium ? describe : describe.skip;

withChromium('The console, about people', () => {
  let shop: ConsoleInBrowser;
  beforeAll(async () => {
    shop = await ConsoleInBrowser.open();
  });
  afterEach(() => expect(shop.troubles.splice(0)).toEqual([]));
  afterAll(() => shop.close());

  it('invites a member, whose link is not in the page', async () => {
    const page = await shop.signedIn('ada', '/members');
    await page.getByRole('button', { name: 'Invite member' }).click();
    await page.getByLabel('E-mail address').fill('margaret@example-shop.example');
    await page.getByRole('button', { name: 'Send the invitation' }).click();
    await page.getByText('The invitation is on its way').waitFor();
    await page.getByRole('button', { name: /^Copy/ }).click();
    await page.getByText('Copied').waitFor();
    const link = await page.evaluate<string>('navigator.clipboard.readText()');
    expect(link).toContain('token=');
    expect(await page.content()).not.toContain(link.slice(-20));
    await page.getByRole('button', { name: 'Close' }).last().click();
    await page.getByRole('rowheader', { name: 'margaret@example-shop.example' }).waitFor();
  });

  it('removes a member only after a look at the keys that stay behind, and hands them over', async () => {
    const page = await shop.signedIn('ada', '/members');
    await page.getByRole('button', { name: 'Actions for grace@example-shop.example' }).click();
    await page.getByRole('button', { name: 'Remove…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText(/stays? behind:/).waitFor();
    await dialog.getByLabel('Who is responsible for them from now on').selectOption('ada@example-shop.example');
    await dialog.getByRole('button', { name: 'Remove', exact: true }).click();
    await page.getByRole('rowheader', { name: /grace@/ }).waitFor({ state: 'detached' });
    const token = await shop.tokenOf('ada');
    const { body } = await shop.program.call('GET', '/api/v1/api-keys?q=Client+key', { token });
    expect(body.items.map((key: { responsibleId: string | null }) => key.responsibleId)).toContainEqual(
      expect.any(String),
    );
  });

  it('shows that the audit trail is intact, and what is about members alone', async () => {
    const page = await shop.signedIn('ada', '/audit');
    await page.getByRole('button', { name: 'Verify the trail' }).click();
    await page.getByText('The trail is intact').waitFor();
    await page.getByLabel('About').selectOption('webhook');
    await page.getByText('signed in').first().waitFor({ state: 'detached' });
    expect(new URL(page.url()).search).toBe('?targetType=webhook');
  });

  it('creates a key of the own, which acts for the person until it is revoked', async () => {
    const page = await shop.signedIn('ada', '/my-keys');
    await page.getByRole('button', { name: 'Create key' }).first().click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('Deploy script');
    await dialog.getByRole('button', { name: 'Create key' }).click();
    await page.getByText('It is shown only here').waitFor();
    await page.getByRole('button', { name: /^Copy/ }).click();
    await page.getByText('Copied').waitFor();
    const basic = await page.evaluate<string>('navigator.clipboard.readText()');
    const whoAmI = async (): Promise<number> => (await shop.program.call('GET', '/whoami/key', { basic })).status;
    await page.getByRole('button', { name: 'I have stored it' }).click();
    expect(await whoAmI()).toBe(200);
    await page.getByRole('button', { name: 'Revoke… Deploy script' }).click();
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /Revoke/ })
      .click();
    await page.getByRole('rowheader', { name: /Deploy script/ }).waitFor({ state: 'detached' });
    expect(await whoAmI()).toBe(401);
  });

  it('changes the own password, which ends the other sessions', async () => {
    const page = await shop.signedIn('alan', '/settings');
    const elsewhere = await shop.tokenOf('alan');
    await page.getByLabel('Current password').fill(shop.password);
    await page.getByLabel('New password').fill('another correct horse');
    await page.getByRole('button', { name: 'Change the password' }).click();
    await page.getByText('The password is changed.').waitFor();
    expect((await shop.program.call('GET', '/api/v1/sessions', { token: elsewhere })).status).toBe(401);
    await page.reload();
    await page.getByText('this one').waitFor();
    expect(await page.locator('.sessions > li').count()).toBe(1);
  });

  it('ends a session elsewhere', async () => {
    const elsewhere = await shop.tokenOf('katherine');
    const page = await shop.signedIn('katherine', '/settings');
    await page.getByRole('button', { name: /^End the session of/ }).click();
    await page.getByText('The session has ended.').waitFor();
    expect((await shop.program.call('GET', '/api/v1/sessions', { token: elsewhere })).status).toBe(401);
  });
});
