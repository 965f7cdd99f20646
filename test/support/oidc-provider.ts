import { randomBytes } from 'node:crypto';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair } from 'jose';
import type { ClientMetadata, Configuration, Provider } from 'oidc-provider';
import { Browser, type Page } from './browser.js';
import { freePort } from './database-server.js';
import type { Answer } from './http.js';
import type { TestServer } from './server.js';

/** What the provider says of a person. */
export interface PersonAtProvider {
  email?: string;
  email_verified?: boolean;
  given_name?: string;
  family_name?: string;
  groups?: string[];
}

/** Keywright's address, as its browsers see it. */
export const PUBLIC_URL = 'https://keys.example';

/** A real OpenID provider on loopback, with forms by which people sign in. */
export class OidcTestProvider {
  /** Those who can sign in, by their names. */
  readonly people: Record<string, PersonAtProvider> = {};
  readonly secret = randomBytes(24).toString('hex');
  issuer!: string;
  private server: Server | null = null;
  private provider!: Provider;

  private constructor(private readonly publicUrl: string) {}

  /** @param configuration beside what every test needs */
  static async start(configuration: Configuration = {}, publicUrl = PUBLIC_URL): Promise<OidcTestProvider> {
    const own = new OidcTestProvider(publicUrl);
    const port = await freePort();
    own.issuer = `http://127.0.0.1:${port}`;
    own.provider = await own.create(configuration);
    await own.listen();
    return own;
  }

  /** The settings by which Keywright uses this provider. */
  get settings(): Record<string, string> {
    return {
      PUBLIC_URL: this.publicUrl,
      OIDC_ISSUER: this.issuer,
      OIDC_CLIENT_ID: 'basic',
      OIDC_CLIENT_SECRET: this.secret,
    };
  }

  /** Adds a person whose address is verified. */
  add(name: string, email: string, more: PersonAtProvider = {}): void {
    this.people[name] = { email, email_verified: true, given_name: 'Ada', family_name: 'Lovelace', ...more };
  }

  /** Signs a person in who has been sent to the provider, up to the redirect to Keywright. @returns the callback's URL */
  async signIn(browser: Browser, { url }: Page, name: string): Promise<URL> {
    const consent = await browser.visit(url, { prompt: 'login', login: name, password: 'any' }, this.publicUrl);
    // The person may have agreed before.
    if (consent.url.origin === this.publicUrl) return consent.url;
    return (await browser.visit(consent.url, { prompt: 'consent' }, this.publicUrl)).url;
  }

  /** Has a person refuse to sign in. @returns the callback's URL */
  async refuse(browser: Browser, { url }: Page): Promise<URL> {
    return (await browser.visit(`${url.href}/abort`, undefined, this.publicUrl)).url;
  }

  async listen(): Promise<void> {
    const { port } = new URL(this.issuer);
    await new Promise<void>((resolve) => (this.server = this.provider.listen(Number(port), '127.0.0.1', resolve)));
    if ((this.server?.address() as AddressInfo).port !== Number(port)) throw new Error('Another port is listened on.');
  }

  /** Stops answering. */
  async stop(): Promise<void> {
    const { server } = this;
    this.server = null;
    server?.closeAllConnections();
    await new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve()));
  }

  private async create(configuration: Configuration): Promise<Provider> {
    const { privateKey } = await generateKeyPair('RS256', { extractable: true });
    const client = (client_id: string, method: ClientMetadata['token_endpoint_auth_method']): ClientMetadata => ({
      client_id,
      token_endpoint_auth_method: method,
      ...(method !== 'none' && { client_secret: this.secret }),
      redirect_uris: [`${this.publicUrl}/api/v1/auth/oidc/callback`],
      grant_types: ['authorization_code'],
      response_types: ['code'],
    });
    return quietly(async () => {
      const { Provider: RealProvider } = await import('oidc-provider');
      return new RealProvider(this.issuer, {
        clients: [
          client('basic', 'client_secret_basic'),
          client('post', 'client_secret_post'),
          client('public', 'none'),
        ],
        claims: {
          openid: ['sub'],
          email: ['email', 'email_verified'],
          profile: ['given_name', 'family_name', 'groups'],
        },
        ttl: { AccessToken: 600, Grant: 600, IdToken: 600, Interaction: 600, Session: 600 },
        cookies: { keys: [randomBytes(16).toString('hex')] },
        jwks: { keys: [{ ...(await exportJWK(privateKey)), kid: 'first', use: 'sig', alg: 'RS256' }] },
        findAccount: (_context, name) => {
          const person = this.people[name];
          return person && { accountId: name, claims: () => ({ sub: name, ...person }) };
        },
        ...configuration,
      });
    });
  }
}

/** Without the provider's warnings that it is not configured for production. */
async function quietly<T>(work: () => Promise<T>): Promise<T> {
  const { warn, info } = console;
  const drop = (): void => undefined;
  Object.assign(console, { warn: drop, info: drop });
  try {
    return await work();
  } finally {
    Object.assign(console, { warn, info });
  }
}

/** A browser that reaches a server at the public URL. */
export const browserOf = (server: TestServer): Browser =>
  new Browser({ [PUBLIC_URL]: (...request) => server.call(...request) });

/** Begins a sign-in. @returns the provider's form */
export const begin = (browser: Browser): Promise<Page> => browser.visit(`${PUBLIC_URL}/api/v1/auth/oidc/login`);

/** Signs a person in, from the first request to Keywright's answer. */
export async function signIn(server: TestServer, provider: OidcTestProvider, name: string): Promise<Answer> {
  const browser = browserOf(server);
  try {
    const callback = await provider.signIn(browser, await begin(browser), name);
    return (await browser.request(callback)).answer;
  } finally {
    browser.close();
  }
}
