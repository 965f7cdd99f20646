/** Guarantees of the console about imports, in a real browser. */

import type { Page } from 'playwright-core';
import { ConsoleInBrowser, hasChromium } from '../support/console.js';
import { foreignKey, ndjson, PREFIX, sha256Row } from '../support/imports.js';

const withChromium = hasChromium ? describe : describe.skip;

withChromium('The console, about imports', () => {
  let shop: ConsoleInBrowser;
  let page: Page;
  beforeAll(async () => {
    shop = await ConsoleInBrowser.open();
    page = await shop.signedIn('ada', '/keys');
  });
  beforeEach(() => page.goto(`${shop.url}/import`));
  afterEach(() => expect(shop.troubles.splice(0)).toEqual([]));
  afterAll(() => shop.close());

  const check = async (key: string): Promise<number> =>
    (await shop.program.call('GET', '/api/v1/keys/check', { token: key })).status;
  const choose = (text: string): Promise<void> =>
    page
      .getByLabel('A file with the keys')
      .setInputFiles({ name: 'keys.ndjson', mimeType: 'application/x-ndjson', buffer: Buffer.from(text) });

  it('tries a file first, says what is wrong by its lines, and imports the rest', async () => {
    const good = [foreignKey(), foreignKey()];
    const [first = '', second = ''] = good;
    const bad = sha256Row(foreignKey(), { level: 8, externalId: 'cus_17' });
    await choose(`\n${ndjson(sha256Row(first), bad, sha256Row(second))}`);
    await page.getByText('3 keys in the file.').waitFor();
    await page.getByLabel('What every key begins with').fill(PREFIX);
    await page.getByRole('button', { name: 'Try it without changing anything' }).click();
    await page.getByText('2 keys would be imported').waitFor();
    const row = page.getByRole('row').filter({ hasText: 'cus_17' });
    expect(await row.getByRole('rowheader').textContent()).toBe('3');
    expect(await row.textContent()).toContain('level');
    expect(await check(first)).toBe(401);
    await page.getByRole('button', { name: 'Import 2 keys' }).click();
    await page.getByText('2 keys imported').waitFor();
    for (const key of good) expect(await check(key)).toBe(204);
  });

  it('takes the format from the file, and says which keys are there already', async () => {
    const known = foreignKey();
    const text = ndjson({ format: { prefix: PREFIX } }, sha256Row(known));
    await choose(text);
    await page.getByRole('button', { name: 'Try it without changing anything' }).click();
    await page.getByRole('button', { name: 'Import 1 key' }).click();
    await page.getByText('1 key imported').waitFor();
    await page.goto(`${shop.url}/import`);
    await choose(text);
    await page.getByRole('button', { name: 'Try it without changing anything' }).click();
    await page.getByText('1 key is there already and stays as it is').waitFor();
    expect(await page.getByRole('button', { name: /^Import/ }).count()).toBe(0);
  });

  it('says which lines cannot be read, and sends nothing then', async () => {
    await choose(`${ndjson(sha256Row(foreignKey()))}\nno JSON\n[]\n`);
    await page.getByText('2 lines are no JSON objects: 3, 4').waitFor();
    expect(await page.getByRole('button', { name: /^(Try|Import)/ }).count()).toBe(0);
  });

  it('says that a file has no keys', async () => {
    await choose('\n');
    await page.getByText('There is no key in the file.').waitFor();
  });

  it('says what is wrong with the format', async () => {
    await choose(ndjson(sha256Row(foreignKey())));
    await page.getByLabel('What every key begins with').fill('ks_live_');
    await page.getByRole('button', { name: 'Try it without changing anything' }).click();
    expect(await page.getByRole('alert').textContent()).toContain('prefix');
  });
});
