/** Guarantees of the console about webhooks, in a real browser. */

import type { Page } from 'playwright-core';
import { ConsoleInBrowser, hasChromium, tabTo } from '../support/console.js';
import { isVerified, Receiver } from '../support/receiver.js';

const withChromium = hasChromium ? describe : describe.skip;

withChromium('The console, about webhooks', () => {
  let shop: ConsoleInBrowser;
  let receiver: Receiver;
  let page: Page;
  beforeAll(async () => {
    receiver = await Receiver.start();
    shop = await ConsoleInBrowser.open(() => ({ WEBHOOK_ALLOWED_NETWORKS: '127.0.0.1/32' }));
    page = await shop.signedIn('ada', '/webhooks');
  });
  beforeEach(() => {
    receiver.answer = (response) => void response.writeHead(204).end();
  });
  afterEach(() => expect(shop.troubles.splice(0)).toEqual([]));
  afterAll(async () => {
    await shop.close();
    await receiver.stop();
  });

  const heading = (name: string): Promise<void> => page.getByRole('heading', { level: 1, name }).waitFor();

  /** Returns the secret in the dialog that is open, as a person copies it, and closes the dialog. */
  async function takeSecret(): Promise<string> {
    await page.getByText('It is shown only here').waitFor();
    await page.getByRole('button', { name: /^Copy/ }).click();
    await page.getByText('Copied').waitFor();
    const secret = await page.evaluate<string>('navigator.clipboard.readText()');
    expect(await page.content()).not.toContain(secret);
    await page.getByRole('button', { name: 'I have stored it' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    return secret;
  }

  /** Adds an endpoint for a path of the receiver, and arrives at its page. */
  async function addEndpoint(path: string): Promise<string> {
    await page.goto(`${shop.url}/webhooks`);
    await page.getByRole('button', { name: 'Add endpoint' }).click();
    await page.getByLabel('URL').fill(`${receiver.url}${path}`);
    await page.getByLabel('Description').fill(`Receiver of ${path}`);
    await page.getByRole('dialog').getByRole('button', { name: 'Add endpoint' }).click();
    const secret = await takeSecret();
    await heading(`Receiver of ${path}`);
    return secret;
  }

  /** The endpoint as the server has it. */
  async function readEndpoint(): Promise<Record<string, unknown>> {
    const id = new URL(page.url()).pathname.split('/').at(-1);
    const token = await shop.tokenOf('ada');
    return (await shop.program.call('GET', `/api/v1/webhooks/${id}`, { token })).body;
  }

  it('shows the secret of a new endpoint once, by which its deliveries are signed', async () => {
    const secret = await addEndpoint('/first');
    expect(secret).toMatch(/^whsec_/);
    await page.getByText('Nothing has been sent yet').waitFor();
    await page.getByRole('button', { name: 'Send a test' }).click();
    await page.getByRole('dialog').getByText('The receiver answered 204.').waitFor();
    const [event] = await receiver.at('/first');
    expect(event && isVerified(secret, event)).toBe(true);
    await page.keyboard.press('Escape');
    await page.reload();
    await heading('Receiver of /first');
    expect(await page.content()).not.toContain(secret.slice(10));
  });

  it('restricts an endpoint to the events that are chosen', async () => {
    await addEndpoint('/chosen');
    await page.getByRole('button', { name: 'Edit' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Only some').check();
    await dialog.getByText('Choose at least one.').waitFor();
    await dialog.getByLabel('Key created').check();
    await dialog.getByLabel('Key rotated').check();
    await dialog.getByLabel('Everything about members').check();
    await dialog.getByLabel('Key rotated').uncheck();
    await dialog.getByRole('button', { name: 'Save changes' }).click();
    await page.getByText('The endpoint has been changed.').waitFor();
    await page.getByText('Everything about members').waitFor();
    expect((await readEndpoint()).events).toEqual(expect.arrayContaining(['api_key.created', 'member.*']));
    expect((await readEndpoint()).events).toHaveLength(2);
  });

  it('says at the field which address the server does not send to', async () => {
    await page.goto(`${shop.url}/webhooks`);
    await page.getByRole('button', { name: 'Add endpoint' }).click();
    await page.getByLabel('URL').fill('http://10.0.0.1/internal');
    await page.getByRole('dialog').getByRole('button', { name: 'Add endpoint' }).click();
    await page.locator('input[type=url][aria-invalid]').waitFor();
    await page.keyboard.press('Escape');
  });

  it('shows what was sent and answered, and sends it again', async () => {
    await addEndpoint('/failing');
    receiver.answer = (response) => void response.writeHead(500).end('<b>The database is down</b>');
    await page.getByRole('button', { name: 'Send a test' }).click();
    await page.getByText('The receiver answered 500, which is a failure.').waitFor();
    await page.keyboard.press('Escape');
    await page.locator('tbody .badge', { hasText: 'failed' }).waitFor();
    await page.getByRole('button', { name: 'Test', exact: true }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('"type": "webhook.test"').waitFor();
    // As text, not as markup.
    await dialog.getByText('<b>The database is down</b>').waitFor();
    receiver.answer = (response) => void response.writeHead(200).end('Thanks');
    await dialog.getByRole('button', { name: 'Send again' }).click();
    await dialog.getByText('The receiver answered 200.').waitFor();
    await dialog.getByText('Thanks').waitFor();
    const [first, second] = await receiver.at('/failing', 2);
    expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
    await page.keyboard.press('Escape');
    await page.locator('tbody .badge', { hasText: 'delivered' }).waitFor();
  });

  it('has the status of the deliveries in the address', async () => {
    await addEndpoint('/filtered');
    await page.getByRole('button', { name: 'Send a test' }).click();
    await page.getByText('The receiver answered 204.').waitFor();
    await page.keyboard.press('Escape');
    await page.locator('tbody .badge', { hasText: 'delivered' }).waitFor();
    await page.getByLabel('Status').selectOption('failed');
    await page.getByText('No delivery has this status.').waitFor();
    expect(new URL(page.url()).search).toBe('?status=failed');
    await page.goBack();
    await page.locator('tbody .badge', { hasText: 'delivered' }).waitFor();
  });

  it('pauses an endpoint, and takes that back', async () => {
    await addEndpoint('/paused');
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByText('What happens until you resume it is not delivered').waitFor();
    expect((await readEndpoint()).enabled).toBe(false);
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.locator('.summary').getByText('active').waitFor();
    expect((await readEndpoint()).enabled).toBe(true);
  });

  it('resumes an endpoint that the server has paused, and says why it was', async () => {
    await page.goto(shop.url);
    await page.getByRole('link', { name: /^1\s*Webhooks paused/ }).click();
    await page.getByRole('link', { name: 'The former dashboard' }).click();
    await page.getByText('because it answered 410 Gone').waitFor();
    await page.getByRole('button', { name: 'Resume' }).click();
    await page.getByText('The endpoint receives events again.').waitFor();
    expect((await readEndpoint()).pausedAt).toBeNull();
    await page.getByRole('link', { name: 'Overview' }).click();
    await page.getByRole('heading', { name: 'Needs attention' }).waitFor();
    await page.waitForLoadState('networkidle');
    expect(await page.getByText('Webhooks paused').count()).toBe(0);
  });

  it('rotates a secret, without an overlap at once', async () => {
    const former = await addEndpoint('/rotated');
    await page.getByRole('button', { name: 'Rotate secret…' }).click();
    await page.getByLabel('Overlap').selectOption('none');
    await page.getByRole('dialog').getByRole('button', { name: 'Rotate' }).click();
    const secret = await takeSecret();
    await page.getByRole('button', { name: 'Send a test' }).click();
    await page.getByText('The receiver answered 204.').waitFor();
    const [event] = await receiver.at('/rotated');
    expect([secret, former].map((one) => event && isVerified(one, event))).toEqual([true, false]);
    await page.keyboard.press('Escape');
  });

  it('deletes an endpoint, which is then gone', async () => {
    await addEndpoint('/deleted');
    const address = page.url();
    await page.getByRole('button', { name: 'Delete…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await heading('Webhooks');
    await page.getByRole('rowheader', { name: /\/first/ }).waitFor();
    expect(await page.getByRole('rowheader', { name: /\/deleted/ }).count()).toBe(0);
    await page.goto(address);
    await heading('The endpoint does not exist');
  });

  it('can be used by the keyboard alone, from a new endpoint to a delivery that is sent again', async () => {
    await page.goto(`${shop.url}/webhooks`);
    await page.getByRole('rowheader', { name: /\/first/ }).waitFor();
    const choose = async (name: string): Promise<void> => {
      await tabTo(page, name);
      await page.keyboard.press('Enter');
    };
    await choose('Add endpoint');
    await page.locator('input[type=url]:focus').waitFor();
    await page.keyboard.type(`${receiver.url}/keyboard`);
    await page.keyboard.press('Enter');
    await page.getByText('It is shown only here').waitFor();
    await choose('I have stored it');
    await heading(`${receiver.url}/keyboard`);
    await choose('Send a test');
    await page.getByText('The receiver answered 204.').waitFor();
    await page.keyboard.press('Escape');
    await page.locator('tbody').getByText('Test').waitFor();
    await choose('Test');
    await page.getByRole('dialog').waitFor();
    await choose('Send again');
    await receiver.at('/keyboard', 2);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  });

  it('does not show them to a member whose level does not allow them', async () => {
    const reader = await shop.signedIn('katherine', '/');
    await reader.getByRole('link', { name: 'Keys', exact: true }).waitFor();
    expect(await reader.getByRole('link', { name: 'Webhooks' }).count()).toBe(0);
    await reader.goto(`${shop.url}/webhooks`);
    await reader.getByText('Your role does not allow this.').waitFor();
    expect(await reader.getByRole('button', { name: 'Add endpoint' }).count()).toBe(0);
  });

  it('leads from the empty list to the first endpoint', async () => {
    const token = await shop.tokenOf('ada');
    const { body } = await shop.program.call('GET', '/api/v1/webhooks?limit=100', { token });
    for (const { id } of body.items) await shop.program.call('DELETE', `/api/v1/webhooks/${id}`, { token });
    await page.goto(`${shop.url}/webhooks`);
    await page.getByText('No endpoints yet').waitFor();
    await page.locator('.empty').getByRole('button', { name: 'Add endpoint' }).click();
    await page.getByRole('heading', { name: 'Add an endpoint' }).waitFor();
  });
});
