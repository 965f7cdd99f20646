import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { chromium } from 'playwright-core';
import { runCommand } from './command.js';
import { freePort } from './database-server.js';
import { createEmptyDatabase, type TestDatabase } from './engine.js';
import { provide } from './packages.js';
import { newFolder, Program, removeFolder } from './program.js';

const executablePath = provide('Chromium', 'chromium', 'chromium', '/usr/bin/chromium');

/** Whether there is a browser to try the console with. */
export const hasChromium = executablePath !== null;

const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A member of the example merchant, by the first name, or the administrator of the server. */
export type Member = 'ada' | 'grace' | 'alan' | 'katherine' | 'admin';

/** What settings may depend on. */
interface Place {
  /** The origin of the server. */
  origin: string;
  /** The client id of the example merchant. */
  clientId: string;
}

/** The console of a server with example data, in a browser. */
export class ConsoleInBrowser {
  /** What the pages complained of, among it what their policy refused, and what they asked of other servers without going there. */
  readonly troubles: string[] = [];

  private constructor(
    readonly program: Program,
    private readonly folder: string,
    private readonly database: TestDatabase | null,
    private readonly browser: Browser,
    /** The password of all members of the example merchant. */
    readonly password: string,
    private readonly adminPassword: string,
  ) {}

  /** @param settings of the server, beside those that every test needs */
  static async open(
    settings: (place: Place) => Record<string, string> | Promise<Record<string, string>> = () => ({}),
  ): Promise<ConsoleInBrowser> {
    const folder = newFolder();
    // A file in the folder is what the program makes by itself.
    const database = ENGINE === 'sqlite' ? null : await createEmptyDatabase();
    const variables: Record<string, string> = database ? { DATABASE_URL: database.url } : {};
    const { stdout } = await runCommand(folder, ['seed'], variables);
    const [adminPassword = '', password = ''] = [...stdout.matchAll(/Password +(\S+)/g)].map(([, text = '']) => text);
    const clientId = /client (\d+)/.exec(stdout)?.[1] ?? '';
    const port = await freePort();
    // Passkeys need a host with a name.
    const origin = `http://localhost:${port}`;
    const program = await Program.start(folder, {
      ...variables,
      PORT: String(port),
      PUBLIC_URL: origin,
      PUBLIC_RATE_LIMIT_PER_MINUTE: '0',
      ...(await settings({ origin, clientId })),
    });
    const browser = await chromium.launch({ executablePath: executablePath ?? '', args: ARGUMENTS });
    return new ConsoleInBrowser(program, folder, database, browser, password, adminPassword);
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.program.end('SIGKILL');
    await this.database?.drop();
    await removeFolder(this.folder);
  }

  /** Where the console begins. */
  get url(): string {
    return `${this.program.url}/console`;
  }

  /** A window of its own, with cookies of its own. */
  async newPage(options: BrowserContextOptions = {}): Promise<Page> {
    const context = await this.browser.newContext({
      viewport: { width: 1280, height: 900 },
      locale: 'en-GB',
      permissions: ['clipboard-read', 'clipboard-write'],
      ...options,
    });
    const page = await context.newPage();

    page.on('pageerror', (error) => this.troubles.push(String(error)));
    // An OpenID provider's pages are its own concern.
    const isConsole = (): boolean => page.url().startsWith(this.program.url);
    page.on('console', (message) => {
      // Refused requests are part of the tests; what they lead to is looked at.
      if (isConsole() && !message.text().startsWith('Failed to load resource')) this.troubles.push(message.text());
    });
    page.on('request', (request) => {
      const isElsewhere = !request.url().startsWith(this.program.url) && !request.isNavigationRequest();
      if (isConsole() && isElsewhere) this.troubles.push(`asked ${request.url()}`);
    });
    return page;
  }

  /** A window in which a member is signed in, at a page of the console. */
  async signedIn(member: Member, path = '/', options: BrowserContextOptions = {}): Promise<Page> {
    const page = await this.newPage(options);
    await page.goto(`${this.url}${path}`);
    await this.signIn(page, member);
    return page;
  }

  /** Has the administrator invite somebody with a role, and signs up. @returns the user name; the password is that of all */
  async newcomer(role: string): Promise<string> {
    const email = `${role.toLowerCase()}@server.example`;
    const token = await this.tokenOf('admin');
    const { body } = await this.program.call('POST', '/api/v1/members', { token, json: { email, role } });
    const { pathname, search } = new URL(body.signupLink);
    const json = { password: this.password, firstName: 'Sam', lastName: 'Example' };
    await this.program.call('POST', pathname + search, { json });
    return email;
  }

  /** Fills in the form for a sign-in that the page shows, and waits for what comes behind it. */
  async signIn(page: Page, member: Member): Promise<void> {
    await this.signInWith(page, this.loginOf(member));
  }

  async signInWith(page: Page, { username, password }: { username: string; password: string }): Promise<void> {
    await page.locator('input[autocomplete=username]').fill(username);
    await page.locator('input[type=password]').fill(password);
    await page.locator('form button[type=submit]').click();
    await page.locator('main#main').waitFor();
  }

  /** A login token of a member, to ask the server beside the console. */
  async tokenOf(member: Member): Promise<string> {
    const answer = await this.program.call('POST', '/api/v1/auth/login', { json: this.loginOf(member) });
    return answer.body.accessToken;
  }

  private loginOf(member: Member): { username: string; password: string } {
    if (member === 'admin') return { username: member, password: this.adminPassword };
    return { username: `${member}@example-shop.example`, password: this.password };
  }
}

/** What a screen reader calls the control that has the focus, about. */
export const nameOfFocused = (page: Page): Promise<string> =>
  page.evaluate(`(document.activeElement.getAttribute('aria-label') ?? document.activeElement.innerText ?? '').trim()`);

/** Moves on by the keyboard until the control has the focus. */
export async function tabTo(page: Page, name: string): Promise<void> {
  for (let steps = 0; steps < 80; steps++) {
    if ((await nameOfFocused(page)) === name) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`No control is called ${name}.`);
}
