/** Guarantees of the console for everybody's eyes and hands, in a real browser, also where names are long, in other scripts, or markup. */

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { TOTP } from 'otpauth';
import type { Page } from 'playwright-core';
import { ConsoleInBrowser, hasChromium, nameOfFocused, tabTo } from '../support/console.js';
import { fillWithHostileNames } from '../support/hostile-names.js';
import { foreignKey, ndjson, PREFIX, sha256Row } from '../support/imports.js';

const withChromium = hasChromium ? describe : describe.skip;

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface AxeResults {
  violations: { id: string; nodes: { html: string }[] }[];
}

const ALL_RULES = { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] };

/** What may differ where only the colours do. */
const RULES_OF_COLOURS = { type: 'rule', values: ['color-contrast', 'link-in-text-block'] };

const stay = (): Promise<void> => Promise.resolve();

/** Goes from the list of endpoints to one that the server has paused. */
async function openEndpoint(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'The former dashboard' }).click();
  await page.getByText('because it answered 410 Gone').waitFor();
  await page.locator('tbody').getByRole('button').first().waitFor();
}

/** Chooses what to do with the example merchant. */
async function choose(page: Page, action: string): Promise<void> {
  await page.getByRole('button', { name: 'Actions for Example Shop' }).click();
  await page.getByRole('button', { name: action }).click();
}

/** Pages of operators. */
const OPERATORS = /^\/(merchants|accounts|traffic|instances|housekeeping)/;

/** Each page, and each dialog by what opens it. */
const VIEWS = (
  [
    ['the overview', '/'],
    ['the overview of 30 days, as a table', '/?period=30d', (page) => page.getByText('Show as a table').click()],
    ['the keys', '/keys'],
    ['the filters', '/keys?neverExpires=true', (page) => page.getByText('Filters').click()],
    ['the columns', '/keys', (page) => page.getByRole('button', { name: 'Columns' }).click()],
    ['no keys', '/keys?q=nothing+has+this+name'],
    ['a new key', '/keys?create=key', (page) => page.getByText('Limits', { exact: true }).click()],
    [
      'a change of many keys',
      '/keys',
      async (page) => {
        await page.getByLabel('Select all on this page').check();
        await page.getByRole('button', { name: 'Revoke…' }).click();
        await page.getByLabel(/Type \d+ to confirm/).waitFor();
      },
    ],
    ['a key', 'KEY'],
    ['a change of a key', 'KEY', (page) => page.getByRole('button', { name: 'Edit' }).click()],
    ['a rotation', 'KEY', (page) => page.getByRole('button', { name: 'Rotate…' }).click()],
    ['a revocation', 'KEY', (page) => page.getByRole('button', { name: 'Revoke…' }).click()],
    ['a key that does not exist', '/keys/00000000-0000-4000-8000-000000000000'],
    ['the applications', '/applications'],
    [
      'a menu',
      '/applications',
      (page) => page.getByRole('button', { name: 'Actions for Web shop', exact: true }).click(),
    ],
    ['a new application', '/applications', (page) => page.getByRole('button', { name: 'Create application' }).click()],
    ['the client keys', '/client-keys'],
    ['a new client key', '/client-keys', (page) => page.getByRole('button', { name: 'Create key' }).first().click()],
    [
      'a revocation of a client key',
      '/client-keys',
      (page) =>
        page
          .getByRole('button', { name: /^Revoke/ })
          .first()
          .click(),
    ],
    ['the members', '/members'],
    ['an invitation', '/members', (page) => page.getByRole('button', { name: 'Invite member' }).click()],
    [
      'a removal of a member',
      '/members',
      async (page) => {
        await page.getByRole('button', { name: 'Actions for grace@example-shop.example' }).click();
        await page.getByRole('button', { name: 'Remove…' }).click();
        await page.getByText('stays behind').waitFor();
      },
    ],
    ['the webhooks', '/webhooks'],
    [
      'a new endpoint',
      '/webhooks',
      async (page) => {
        await page.getByRole('button', { name: 'Add endpoint' }).click();
        await page.getByLabel('Only some').check();
      },
    ],
    ['an endpoint', '/webhooks', openEndpoint],
    [
      'a delivery',
      '/webhooks',
      async (page) => {
        await openEndpoint(page);
        await page.locator('tbody').getByRole('button').first().click();
      },
    ],
    [
      'a rotation of a secret of webhooks',
      '/webhooks',
      async (page) => {
        await openEndpoint(page);
        await page.getByRole('button', { name: 'Rotate secret…' }).click();
      },
    ],
    [
      'a deletion of an endpoint',
      '/webhooks',
      async (page) => {
        await openEndpoint(page);
        await page.getByRole('button', { name: 'Delete…' }).click();
      },
    ],
    ['an endpoint that does not exist', '/webhooks/00000000-0000-4000-8000-000000000000'],
    ['the policies', '/policies'],
    ['the audit trail', '/audit', (page) => page.getByRole('button', { name: 'Verify the trail' }).click()],
    ['the merchant', '/merchant'],
    ['the merchants', '/merchants'],
    [
      'an invitation of a merchant',
      '/merchants',
      (page) => page.getByRole('button', { name: 'Invite merchant' }).click(),
    ],
    ['a change of the scopes of a merchant', '/merchants', (page) => choose(page, 'Change the scopes…')],
    ['a block of a merchant', '/merchants', (page) => choose(page, 'Block…')],
    [
      'a deletion of a merchant',
      '/merchants',
      async (page) => {
        await choose(page, 'Delete…');
        await page.getByText(/^\d+ keys$/).waitFor();
      },
    ],
    ['the accounts', '/accounts', (page) => page.getByText('ada@example-shop.example').first().waitFor()],
    [
      'the accounts of a merchant',
      '/merchants',
      async (page) => {
        await page.getByRole('button', { name: 'Actions for Example Shop' }).click();
        await page.locator('.menu:popover-open').getByRole('link', { name: 'Accounts' }).click();
        await page.getByRole('button', { name: 'Merchant: Example Shop' }).waitFor();
      },
    ],
    ['no accounts', '/accounts?q=nobody'],
    ['all verifications', '/traffic?period=30d', (page) => page.locator('main canvas').waitFor()],
    ['the instances', '/instances', (page) => page.getByText('up to date').waitFor()],
    ['the jobs', '/housekeeping'],
    [
      'a job',
      '/housekeeping',
      async (page) => {
        await page.getByRole('button', { name: 'Run… sessions' }).click();
        await page.getByText('At the moment, it would').waitFor();
      },
    ],
    ['an import', '/import'],
    [
      'an import that was tried',
      '/import',
      async (page) => {
        const lines = ndjson({ format: { prefix: PREFIX } }, sha256Row(foreignKey(), { level: 8 }));
        const file = { name: 'keys.ndjson', mimeType: 'application/x-ndjson', buffer: Buffer.from(lines) };
        await page.getByLabel('A file with the keys').setInputFiles(file);
        await page.getByRole('button', { name: 'Try it without changing anything' }).click();
        await page.getByText('1 line cannot be imported').waitFor();
      },
    ],
    ['the own keys', '/my-keys'],
    [
      'an own key that is created',
      '/my-keys',
      (page) => page.getByRole('button', { name: 'Create key' }).first().click(),
    ],
    ['the own account', '/settings'],
    [
      'an authenticator app',
      '/settings',
      async (page, shop) => {
        await page.getByRole('button', { name: 'Set up an authenticator app…' }).click();
        await page.getByRole('dialog').getByLabel('Current password').fill(shop.password);
        await page.keyboard.press('Enter');
        await page.getByLabel('Code from your authenticator app').waitFor();
      },
    ],
    ['a passkey', '/settings', (page) => page.getByRole('button', { name: 'Add a passkey…' }).click()],
    ['a sign-in with a provider that fails', '/oidc?code=of-nobody&state=of-nobody'],
    ['a page that does not exist', '/nowhere'],
  ] as [string, string, ((page: Page, shop: ConsoleInBrowser) => Promise<void>)?][]
).map(([name, path, open = stay]) => [name, path, open] as const);

withChromium('The console, for everybody', () => {
  let shop: ConsoleInBrowser;
  let keyPath: string;
  beforeAll(async () => {
    shop = await ConsoleInBrowser.open(() => ({ WEBHOOK_ALLOWED_NETWORKS: '198.51.100.0/24' }));
    keyPath = `/keys/${await fillWithHostileNames(shop)}`;
  });
  afterEach(() => expect(shop.troubles.splice(0)).toEqual([]));
  afterAll(() => shop.close());

  /** What axe-core finds wrong with what the page shows. */
  async function violationsOf(page: Page, rules: object): Promise<string[]> {
    // By the debugger, since the policy of the page lets no script in.
    await page.evaluate(AXE);
    const { violations } = await page.evaluate<AxeResults>(`axe.run({ runOnly: ${JSON.stringify(rules)} })`);
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`));
  }

  /** Looks at what the page shows, in the light and in the dark, and whether it fits into narrow screens. */
  async function lookAt(page: Page): Promise<void> {
    for (const [colorScheme, rules] of [
      ['light', ALL_RULES],
      ['dark', RULES_OF_COLOURS],
    ] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      expect([colorScheme, await violationsOf(page, rules)]).toEqual([colorScheme, []]);
    }
    for (const width of [360, 900]) {
      await page.setViewportSize({ width, height: 740 });
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
    }
    expect(await page.evaluate('window.hasRun')).toBeUndefined();
    await page.setViewportSize({ width: 1280, height: 900 });
  }

  it('lets axe-core find nothing in the sign-in, which fits into a narrow screen', async () => {
    const stranger = await shop.newPage();
    await stranger.goto(shop.url);
    await stranger.getByRole('button', { name: 'Sign in' }).waitFor();
    await lookAt(stranger);
  });

  describe('signed in', () => {
    let pageAt: (path: string) => Page;
    beforeAll(async () => {
      const member = await shop.signedIn('ada');
      const operator = await shop.signedIn('admin');
      pageAt = (path) => (OPERATORS.test(path) ? operator : member);
    });

    it.each(VIEWS)('lets axe-core find nothing in %s, which fits into a narrow screen', async (_name, path, open) => {
      const page = pageAt(path);
      await page.goto(`${shop.url}${path.replace('KEY', keyPath)}`);
      await page.locator('main h1').waitFor();
      await page.waitForLoadState('networkidle');
      await open(page, shop);
      await lookAt(page);
    });
  });

  it('lets axe-core find nothing in recovery codes and second factors, which fit into a narrow screen', async () => {
    const page = await shop.signedIn('grace', '/settings');
    await page.getByRole('button', { name: 'Set up an authenticator app…' }).click();
    await page.getByRole('dialog').getByLabel('Current password').fill(shop.password);
    await page.keyboard.press('Enter');
    const secret = await page.getByRole('group', { name: 'Secret for the app' }).locator('code').textContent();
    await page.getByLabel('Code from your authenticator app').fill(new TOTP({ secret: secret ?? '' }).generate());
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Your recovery codes' }).waitFor();
    await lookAt(page);
    await page.getByRole('button', { name: 'I have stored them' }).click();
    await page.getByText('10 codes are left').waitFor();
    await lookAt(page);
  });

  it('shows its pages in a narrow window when they are asked for, until one has been opened', async () => {
    const page = await shop.signedIn('ada');
    await page.setViewportSize({ width: 360, height: 740 });
    const members = page.getByRole('link', { name: 'Members' });
    await members.waitFor({ state: 'hidden' });
    await page.getByRole('button', { name: 'Menu' }).click();
    await lookAt(page);
    await page.setViewportSize({ width: 360, height: 740 });
    await members.click();
    await page.getByRole('heading', { level: 1, name: 'Members' }).waitFor();
    await members.waitFor({ state: 'hidden' });
  });

  it('can be used by the keyboard alone, from the sign-in to a revoked key', async () => {
    const page = await shop.newPage();
    const press = async (...keys: string[]): Promise<void> => {
      for (const key of keys) await page.keyboard.press(key);
    };
    await page.bringToFront();
    await page.goto(`${shop.url}/keys?q=Newsletter`);
    await page.locator('input[autocomplete=username]:focus').waitFor();
    await page.keyboard.type('ada@example-shop.example');
    await press('Tab');
    await page.keyboard.type(shop.password);
    await press('Enter');
    await page.getByText('Newsletter').waitFor();
    await tabTo(page, 'Newsletter');
    await press('Enter');
    await page.getByRole('button', { name: 'Revoke…' }).waitFor();
    await tabTo(page, 'Revoke…');
    await press('Enter');
    await tabTo(page, 'Revoke for good');
    await press('Enter');
    await page.getByText(/^Refused everywhere/).waitFor();
    await press('Escape');
    await page.getByRole('heading', { level: 1, name: 'Keys' }).waitFor();
  });

  it('returns the focus to the button that opened a dialog', async () => {
    const page = await shop.signedIn('ada', '/applications');
    await page.getByRole('button', { name: 'Create application' }).click();
    await page.getByLabel('Name').waitFor();
    expect(await page.evaluate('document.activeElement.tagName')).toBe('INPUT');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await nameOfFocused(page)).toBe('Create application');
  });
});
