/** Guarantees of the console about merchants, for operators, in a real browser. */

import type { Page } from 'playwright-core';
import { ConsoleInBrowser, hasChromium } from '../support/console.js';

const withChromium = hasChromium ? describe : describe.skip;

withChromium('The console, about merchants', () => {
  let shop: ConsoleInBrowser;
  let page: Page;
  let key: string;
  beforeAll(async () => {
    shop = await ConsoleInBrowser.open();
    const json = { description: 'Of the shop' };
    const token = await shop.tokenOf('ada');
    key = (await shop.program.call('POST', '/api/v1/api-keys', { token, json })).body.fullKey;
    page = await shop.signedIn('admin', '/merchants');
  });
  afterEach(() => expect(shop.troubles.splice(0)).toEqual([]));
  afterAll(() => shop.close());

  const check = async (): Promise<number> =>
    (await shop.program.call('GET', '/api/v1/keys/check', { token: key })).status;

  /** Chooses what to do with the example merchant. */
  async function choose(action: string): Promise<void> {
    await page.getByRole('button', { name: 'Actions for Example Shop' }).click();
    await page.getByRole('button', { name: action, exact: true }).click();
  }

  it('invites one, whose link is not in the page', async () => {
    await page.getByRole('button', { name: 'Invite merchant' }).click();
    await page.getByRole('button', { name: 'Make a link' }).click();
    await page.getByText('The merchant can sign up').waitFor();
    await page.getByRole('button', { name: /^Copy/ }).click();
    await page.getByText('Copied').waitFor();
    const link = await page.evaluate<string>('navigator.clipboard.readText()');
    expect(link).toContain('/signup?token=');
    expect(await page.content()).not.toContain(link.slice(-20));
    await page.getByRole('button', { name: 'Close' }).last().click();
    expect((await fetch(link)).status).toBe(200);
  });

  it('blocks one, and says when its keys are refused everywhere, and takes that back', async () => {
    expect(await check()).toBe(204);
    await choose('Block…');
    const dialog = page.getByRole('dialog');
    await dialog.getByText(/^[\d,]+ verifications of its keys in the last 24 hours\.$/).waitFor();
    expect(await dialog.getByRole('button', { name: 'Block', exact: true }).isDisabled()).toBe(true);
    await dialog.getByLabel('Type Example Shop to confirm').fill('Example Shop');
    await dialog.getByRole('button', { name: 'Block', exact: true }).click();
    await page.getByText(/^Refused everywhere, in \d+ ms\.$/).waitFor();
    expect(await check()).toBe(401);
    await page.getByRole('button', { name: 'Close' }).last().click();
    await page.getByText('blocked', { exact: true }).waitFor();
    await choose('Unblock');
    await page.getByText('The keys of Example Shop are accepted again.').waitFor();
    expect(await check()).toBe(204);
  });

  it('changes the scopes beyond which no key goes, and says what is wrong with them', async () => {
    await choose('Change the scopes…');
    const field = page.getByLabel('Scopes that its keys may have');
    await field.fill('not a scope!');
    await page.getByRole('button', { name: 'Save changes' }).click();
    await page.getByRole('alert').waitFor();
    await field.fill('payments:*\norders:read');
    await page.getByRole('button', { name: 'Save changes' }).click();
    await page.getByText('The scopes of Example Shop have been changed.').waitFor();
    await page.getByText('payments:* orders:read').waitFor();
  });

  it('lets support block one and see its verifications, but not delete it', async () => {
    const support = await shop.newPage();
    await support.goto(`${shop.url}/merchants`);
    await shop.signInWith(support, { username: await shop.newcomer('support'), password: shop.password });
    await support.getByRole('button', { name: 'Actions for Example Shop' }).click();
    await support.getByRole('button', { name: 'Block…' }).waitFor();
    expect(await support.getByRole('button', { name: 'Delete…' }).count()).toBe(0);
    await support.getByRole('button', { name: 'Block…' }).click();
    await support.getByLabel('Type Example Shop to confirm').fill('Example Shop');
    await support.getByRole('dialog').getByRole('button', { name: 'Block', exact: true }).click();
    await support.getByText(/^Refused everywhere, in \d+ ms\.$/).waitFor();
    expect(await check()).toBe(401);
    await support.getByRole('button', { name: 'Close' }).last().click();
    await support.getByRole('button', { name: 'Actions for Example Shop' }).click();
    await support.getByRole('button', { name: 'Unblock', exact: true }).click();
    await support.getByText('The keys of Example Shop are accepted again.').waitFor();
    expect(await support.getByRole('link', { name: 'Housekeeping' }).count()).toBe(0);
    await support.getByRole('link', { name: 'All verifications' }).click();
    await support.getByRole('heading', { level: 1, name: 'All verifications' }).waitFor();
    await page.reload();
  });

  it('offers neither to block nor to delete the own one', async () => {
    const own = page.getByRole('row').filter({ hasNotText: 'Example Shop' }).last();
    await own.getByRole('button').first().click();
    await page.getByRole('button', { name: 'Change the scopes…' }).waitFor();
    expect(await page.getByRole('button', { name: /^(Block|Delete)…$/ }).count()).toBe(0);
    await page.keyboard.press('Escape');
  });

  it('shows nothing of it to a member of a merchant', async () => {
    const theirs = await shop.signedIn('ada');
    await theirs.getByRole('link', { name: 'Merchant', exact: true }).waitFor();
    expect(await theirs.getByRole('link', { name: 'All merchants' }).count()).toBe(0);
    await theirs.goto(`${shop.url}/merchants`);
    await theirs.getByRole('alert').waitFor();
    expect(await theirs.getByRole('rowheader').count()).toBe(0);
  });

  it('deletes one only after a look at how much that is, and its name', async () => {
    await choose('Delete…');
    const dialog = page.getByRole('dialog');
    await dialog.getByText(/^\d+ keys$/).waitFor();
    const confirm = dialog.getByRole('button', { name: 'Delete', exact: true });
    await dialog.getByLabel('Type Example Shop to confirm').fill('Example');
    expect(await confirm.isDisabled()).toBe(true);
    await dialog.getByLabel('Type Example Shop to confirm').fill('Example Shop');
    await confirm.click();
    await page.getByText('Example Shop is being deleted.').waitFor();
    expect(await check()).toBe(401);
  });
});
