/** Guarantees of the operators' pages: accounts, all verifications, instances and housekeeping, for those who may see them alone. */

import type { Page } from 'playwright-core';
import { ConsoleInBrowser, hasChromium } from '../support/console.js';

const withChromium = hasChromium ? describe : describe.skip;

/** Pages, by the names that lead to them. */
const PAGES = [
  ['Accounts', '/accounts'],
  ['All verifications', '/traffic'],
  ['Instances', '/instances'],
  ['Housekeeping', '/housekeeping'],
] as const;

withChromium('The console, for operators', () => {
  let shop: ConsoleInBrowser;
  let page: Page;
  beforeAll(async () => {
    shop = await ConsoleInBrowser.open();
    page = await shop.signedIn('admin');
  });
  afterEach(() => expect(shop.troubles.splice(0)).toEqual([]));
  afterAll(() => shop.close());

  /** Goes to a page as an operator does. */
  async function follow(name: string): Promise<void> {
    await page.getByRole('link', { name, exact: true }).click();
    await page.getByRole('heading', { level: 1, name }).waitFor();
  }

  it.each(PAGES)('shows %s to operators alone', async (name, path) => {
    await follow(name);
    await page.locator('main table').first().waitFor();
    const theirs = await shop.signedIn('ada');
    await theirs.getByRole('link', { name: 'Merchant', exact: true }).waitFor();
    expect(await theirs.getByRole('link', { name, exact: true }).count()).toBe(0);
    await theirs.goto(`${shop.url}${path}`);
    await theirs.getByRole('alert').first().waitFor();
    expect(await theirs.locator('main table, main canvas').count()).toBe(0);
    await theirs.context().close();
  });

  describe('accounts', () => {
    beforeEach(() => page.goto(`${shop.url}/accounts`));

    it('are found by a part of their address, whichever merchant they belong to', async () => {
      const rows = page.locator('main tbody tr');
      await rows.filter({ hasText: 'katherine@' }).waitFor();
      await rows.filter({ hasText: 'Example Shop' }).first().waitFor();
      await page.getByLabel('Search').fill('GRACE@');
      await page.getByText('1 account', { exact: true }).waitFor();
      expect(await rows.count()).toBe(1);
      expect(page.url()).toContain('?q=GRACE%40');
      await page.getByLabel('Search').fill('nobody has this');
      await page.getByText('No account matches').waitFor();
    });

    it('are disabled, which ends their sessions at once, and enabled again', async () => {
      const theirs = await shop.signedIn('grace');
      await page.getByRole('button', { name: 'Actions for grace@example-shop.example' }).click();
      await page.getByRole('button', { name: 'Disable…' }).click();
      await page.getByRole('dialog').getByText('Looking for').waitFor({ state: 'detached' });
      await page.getByRole('dialog').getByRole('button', { name: 'Disable', exact: true }).click();
      const row = page.locator('main tbody tr').filter({ hasText: 'grace@' });
      await row.getByText('disabled', { exact: true }).waitFor();
      await theirs.reload();
      await theirs.getByRole('alert').waitFor();
      expect(await theirs.locator('main#main').count()).toBe(0);
      await page.getByRole('button', { name: 'Actions for grace@example-shop.example' }).click();
      await page.getByRole('button', { name: 'Enable', exact: true }).click();
      await row.getByText('active', { exact: true }).waitFor();
      await theirs.reload();
      await shop.signIn(theirs, 'grace');
    });

    it('are shown for one merchant, from the list of merchants on, until that is taken away', async () => {
      await follow('All merchants');
      await page.getByRole('button', { name: 'Actions for Example Shop' }).click();
      await page.getByRole('link', { name: 'Accounts' }).last().click();
      await page.getByRole('heading', { level: 1, name: 'Accounts' }).waitFor();
      await page.getByRole('button', { name: 'Merchant: Example Shop' }).waitFor();
      await page.locator('main tbody tr').filter({ hasText: 'ada@' }).waitFor();
      expect(await page.locator('main tbody tr').filter({ hasText: 'admin' }).count()).toBe(0);
      await page.getByRole('button', { name: 'Merchant: Example Shop' }).click();
      await page.locator('main tbody tr').filter({ hasText: 'admin' }).first().waitFor();
    });
  });

  it('draws the verifications of all merchants, and says the same in tables', async () => {
    await follow('All verifications');
    await page.getByRole('button', { name: '30 days' }).click();
    await page.locator('main canvas').waitFor();
    const summary = await page
      .getByRole('img', { name: /valid and .* refused verifications/ })
      .getAttribute('aria-label');
    const [, valid = ''] = /^([\d,]+) valid/.exec(summary ?? '') ?? [];
    expect(Number(valid.replaceAll(',', ''))).toBeGreaterThan(0);
    await page.locator('.outcomes tr').filter({ hasText: 'Valid' }).getByText(valid, { exact: true }).waitFor();
    await page.getByText('Show as a table').click();
    await page.getByRole('columnheader', { name: 'Rate limited' }).last().waitFor();
    expect(await page.getByRole('region', { name: 'Verifications by time' }).getByRole('row').count()).toBe(31);
  });

  it('draws the verifications of one merchant, from the list of merchants on', async () => {
    await follow('All merchants');
    await page.getByRole('button', { name: 'Actions for Example Shop' }).click();
    await page.getByRole('link', { name: 'Verifications', exact: true }).click();
    await page.getByRole('button', { name: 'Merchant: Example Shop' }).waitFor();
    await page.locator('main canvas').waitFor();
  });

  it('says what a column counts when the pointer is over it', async () => {
    const place = await page.locator('.plot').boundingBox();
    await page.mouse.move((place?.x ?? 0) + (place?.width ?? 0) * 0.6, (place?.y ?? 0) + 60);
    await page
      .locator('.readout')
      .getByText(/Valid [\d,]+/)
      .waitFor();
    await page.mouse.move(0, 0);
    await page.locator('.readout').waitFor({ state: 'detached' });
  });

  it('shows the instance with its version, a lease that is renewed, and how long revocations took', async () => {
    await follow('Instances');
    const row = page.getByRole('row').filter({ hasText: 'the one that answers you' });
    await row.getByText('up to date').waitFor();
    const { version } = (await shop.program.call('GET', '/health/live')).body;
    await row.getByText(version, { exact: true }).waitFor();
    const before = await row.locator('time').first().getAttribute('datetime');
    const token = await shop.tokenOf('ada');
    const { id } = (await shop.program.call('POST', '/api/v1/api-keys', { token, json: { description: 'To go' } }))
      .body;
    await shop.program.call('DELETE', `/api/v1/api-keys/${id}`, { token });
    await page
      .getByText(/every instance refused the key after \d/)
      .first()
      .waitFor({ timeout: 12_000 });
    await page.locator('main canvas').waitFor();
    await row.locator(`td:nth-of-type(3) time:not([datetime="${before}"])`).waitFor();
    await page.getByText('Revocation journal').waitFor();
  });

  it('runs a job after a look at what it would do', async () => {
    const token = await shop.tokenOf('ada');
    const json = { description: 'Gone soon', expiresInSeconds: 1 };
    await shop.program.call('POST', '/api/v1/api-keys', { token, json });
    await page.waitForTimeout(1500);
    await follow('Housekeeping');
    await page.getByRole('button', { name: 'Run… key_expiry' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText(/^\d+ expired$/).waitFor();
    await dialog.getByRole('button', { name: 'Run now' }).click();
    await dialog.getByText(/^Completed in \d+ ms\.$/).waitFor();
    await dialog.getByText(/^\d+ expired$/).waitFor();
    await dialog.getByRole('button', { name: 'Close' }).last().click();
    await page.getByRole('button', { name: 'Run… key_expiry' }).click();
    await dialog.getByText('At the moment, it would change nothing.').waitFor();
    await dialog.getByRole('button', { name: 'Cancel' }).click();
  });
});
