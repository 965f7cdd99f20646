/** Guarantees of the console about the page of a key, in a real browser. */

import type { Locator, Page } from 'playwright-core';
import { ConsoleInBrowser, hasChromium } from '../support/console.js';

const withChromium = hasChromium ? describe : describe.skip;

const AGENT = 'old-job';

withChromium('The console, about one key', () => {
  let shop: ConsoleInBrowser;
  let page: Page;
  let token: string;
  beforeAll(async () => {
    shop = await ConsoleInBrowser.open(() => ({ USAGE_FLUSH_INTERVAL_MS: '100' }));
    page = await shop.signedIn('ada', '/keys');
    token = await shop.tokenOf('ada');
  });
  afterEach(() => expect(shop.troubles.splice(0)).toEqual([]));
  afterAll(() => shop.close());

  /** Creates a key beside the console. */
  async function newKey(settings: Record<string, unknown> = {}): Promise<{ id: string; fullKey: string }> {
    const json = { description: 'Night job', level: 2, ...settings };
    const { body } = await shop.program.call('POST', '/api/v1/api-keys', { token, json });
    return body;
  }

  /** Opens the page of a key. */
  async function open(id: string): Promise<void> {
    await page.goto(`${shop.url}/keys/${id}`);
    await page.getByRole('heading', { level: 1, name: 'Night job' }).waitFor();
  }

  it('shows by itself who uses the previous secret while a rotation lasts, and its end', async () => {
    const { id, fullKey } = await newKey();
    await shop.program.call('POST', `/api/v1/api-keys/${id}/rotate`, { token, json: { overlapSeconds: 30 } });
    await open(id);
    const secrets = page.getByRole('region', { name: 'Secrets' });
    await secrets.getByText('Nobody has used the previous secret since the rotation.').waitFor();
    const headers = { 'x-api-key': fullKey, 'user-agent': AGENT };
    expect((await shop.program.call('GET', '/api/v1/keys/check', { headers })).status).toBe(204);
    await secrets.getByText(`${AGENT} from`).waitFor();
    await secrets.getByText('1 × · in this hour').waitFor();
    await secrets.getByText('Previous, until the rotation ends').waitFor({ state: 'detached', timeout: 45_000 });
  });

  it('names the limits that it shares with other keys, and what is left of each', async () => {
    const json = { rateLimits: [{ limit: 70, windowSeconds: 60 }], quota: { limit: 9000, period: 'month' } };
    await shop.program.call('PUT', '/api/v1/shared-limits/cus_shared', { token, json });
    const { id, fullKey } = await newKey({ externalId: 'cus_shared', quota: { limit: 500, period: 'day' } });
    await shop.program.call('POST', '/api/v1/keys/verify', { token, json: { key: fullKey, cost: 65 } });
    await open(id);
    const limits = page.getByRole('region', { name: 'Limits' });
    await limits.getByText('Shared by all keys of cus_shared').waitFor();
    await limits.getByText('70 requests in a minute').waitFor();
    await limits.getByText('9,000 requests a month (UTC)').waitFor();
    for (const left of ['435 left', '5 left', '8,935 left']) await limits.getByText(left, { exact: true }).waitFor();
    await limits.getByRole('button', { name: 'Reset the quota' }).click();
    await limits.getByText('500 left', { exact: true }).waitFor();
  });

  describe('On paper', () => {
    const isVisible = (what: Locator): Promise<boolean> => what.first().isVisible();

    it('is a sheet on light, with its address, without what can only be clicked', async () => {
      const { id } = await newKey();
      await page.emulateMedia({ colorScheme: 'dark' });
      await open(id);
      const address = page.locator('.page-address');
      expect(await isVisible(address)).toBe(false);
      await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
      expect(await address.getAttribute('data-address')).toBe(`${shop.url}/keys/${id}`);
      expect((await address.boundingBox())?.height).toBeGreaterThan(8);
      expect(await isVisible(page.getByText('Night job'))).toBe(true);
      expect(await page.getByRole('navigation').count()).toBe(0);
      expect(await page.getByRole('button').count()).toBe(0);
      const color = await page.evaluate(`getComputedStyle(document.querySelector('h1')).color`);
      expect(color).toBe('rgb(28, 36, 40)');
      await page.emulateMedia({ media: null, colorScheme: null });
    });

    it('has no secret, even while that is shown', async () => {
      const { id } = await newKey();
      await open(id);
      await page.getByRole('button', { name: 'Rotate…' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Rotate' }).click();
      await page.getByRole('button', { name: 'Reveal' }).click();
      const secret = page.locator('.secret code');
      expect(await isVisible(secret)).toBe(true);
      await page.emulateMedia({ media: 'print' });
      expect(await isVisible(secret)).toBe(false);
      await page.emulateMedia({ media: null });
    });
  });
});
