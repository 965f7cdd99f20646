import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose';

/** What a provider answers at one of its paths: JSON, or a text as it is. */
export interface Reply {
  status?: number;
  json?: unknown;
  text?: string;
}

/** An OpenID provider on loopback that answers what a test wants it to, where a real one would not. */
export class LyingProvider {
  issuer!: string;
  /** By path; a test replaces what it lies about. */
  replies: Record<string, () => Reply | Promise<Reply>> = {};
  /** The requests of the token endpoint. */
  readonly tokenRequests: URLSearchParams[] = [];
  /** The key that is published. */
  key!: CryptoKey;
  private jwk!: JWK;
  private readonly server = createServer((request, response) => void this.answer(request, response));

  static async start(): Promise<LyingProvider> {
    const own = new LyingProvider();
    const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
    own.key = privateKey;
    own.jwk = { ...(await exportJWK(publicKey)), kid: 'first', use: 'sig', alg: 'ES256' };
    await new Promise<void>((resolve) => own.server.listen(0, '127.0.0.1', resolve));
    own.issuer = `http://127.0.0.1:${(own.server.address() as AddressInfo).port}`;
    own.tellTheTruth();
    return own;
  }

  /** Answers as a provider should, but for the token endpoint, which needs to know the sign-in. */
  tellTheTruth(): void {
    const { issuer } = this;
    this.replies = {
      '/.well-known/openid-configuration': () => ({ json: this.metadata }),
      '/jwks': () => ({ json: { keys: [this.jwk] } }),
      '/token': () => ({ status: 400, json: { error: 'invalid_grant' } }),
      '/me': () => ({ json: { sub: 'ada' } }),
    };
    this.metadata = {
      issuer,
      authorization_endpoint: `${issuer}/auth`,
      token_endpoint: `${issuer}/token`,
      userinfo_endpoint: `${issuer}/me`,
      jwks_uri: `${issuer}/jwks`,
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['ES256'],
    };
  }

  metadata: Record<string, unknown> = {};

  /** An ID token as it should be, but for some claims and parts of its header; `undefined` leaves a claim out. */
  idToken(claims: Record<string, unknown>, header: Record<string, unknown> = {}, key = this.key): Promise<string> {
    const now = Math.floor(Date.now() / 1000);
    const { alg = 'ES256', kid = 'first' } = header as { alg?: string; kid?: string };
    const all = { iss: this.issuer, aud: 'keywright', sub: 'ada', iat: now, exp: now + 300, ...claims };
    return new SignJWT(all).setProtectedHeader({ alg, kid }).sign(alg === 'HS256' ? HMAC_KEY : key);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const { pathname } = new URL(request.url ?? '/', this.issuer);
    if (pathname === '/token') this.tokenRequests.push(new URLSearchParams(body));
    const { status = 200, json, text } = (await this.replies[pathname]?.()) ?? { status: 404, text: 'Not found' };
    response.writeHead(status, { 'content-type': 'application/json' }).end(text ?? JSON.stringify(json));
  }
}

/** The client's secret as a key for HMAC, as some providers sign with it. */
const HMAC_KEY = createHash('sha256').update('secret').digest();
