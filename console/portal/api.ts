/** What the session allows, as `GET /api/v1/portal/session` answers. */
export interface Session {
  allow: readonly ('list' | 'create' | 'rotate' | 'revoke')[];
  limits: { keys: number };
  expiresAt: string;
}

/** A key, as `GET /api/v1/portal/keys` lists it. */
export interface Key {
  id: string;
  keyPrefix: string;
  lastFour: string | null;
  description: string;
  status: 'active' | 'disabled' | 'expired';
  createdAt: string;
  expiresAt: string | null;
  lastUsedAt: string | null;
  previousKey: { validUntil: string } | null;
}

/** A refusal of the server, or what kept it from answering. */
export class Failure extends Error {
  /**
   * @param code the code of the error; `null` if there was no answer
   * @param requestId what the operators of the server find the request by
   */
  constructor(
    readonly code: string | null,
    message: string,
    readonly requestId: string | null,
  ) {
    super(message);
  }

  /** Whether the session has ended, so that only a new token helps. */
  get isEnd(): boolean {
    return this.code === 'credential.invalid' || this.code === 'credential.expired';
  }
}

/** How many keys are asked for at a time. */
const PAGE = 100;

/** Asks the server about the keys of a session. */
export class PortalApi {
  constructor(
    private readonly url: string,
    private readonly token: string,
  ) {}

  readSession(): Promise<Session> {
    return this.ask('GET', 'session');
  }

  /** Lists all keys of the session, the latest first. */
  async listKeys(): Promise<Key[]> {
    const keys: Key[] = [];
    for (let page = 1; ; page += 1) {
      const part = await this.ask<{ items: Key[]; hasNextPage: boolean }>('GET', `keys?page=${page}&limit=${PAGE}`);
      keys.push(...part.items);
      if (!part.hasNextPage) return keys;
    }
  }

  /** @returns the full key, which is shown once */
  async createKey(description: string, expiresInSeconds: number | null): Promise<string> {
    const body = { description, ...(expiresInSeconds !== null && { expiresInSeconds }) };
    return (await this.ask<{ fullKey: string }>('POST', 'keys', body)).fullKey;
  }

  /** @returns the new full key, which is shown once */
  async rotateKey(id: string, overlapSeconds: number): Promise<string> {
    return (await this.ask<{ fullKey: string }>('POST', `keys/${id}/rotate`, { overlapSeconds })).fullKey;
  }

  revokeKey(id: string): Promise<void> {
    return this.ask('DELETE', `keys/${id}`);
  }

  private ask<T>(method: string, path: string, body?: object): Promise<T> {
    return askPortal<T>(this.url, method, path, body, { Authorization: `Bearer ${this.token}` });
  }
}

/**
 * Sends a request to the portal's routes of a server.
 *
 * @throws {Failure} if it is refused, or not answered
 */
export async function askPortal<T>(
  url: string,
  method: string,
  path: string,
  body?: object,
  headers: Record<string, string> = {},
): Promise<T> {
  let answer: Response;
  try {
    answer = await fetch(`${url}/api/v1/portal/${path}`, {
      method,
      headers: { ...headers, ...(body && { 'Content-Type': 'application/json' }) },
      body: body ? JSON.stringify(body) : null,
      credentials: 'omit',
      cache: 'no-store',
      referrerPolicy: 'no-referrer',
    });
  } catch {
    throw new Failure(null, '', null);
  }
  if (answer.status === 204) return undefined as T;
  const content = (await answer.json().catch(() => ({}))) as { message?: string | string[] };
  if (answer.ok) return content as T;
  const message = [content.message ?? String(answer.status)].flat().join('; ');
  throw new Failure(answer.headers.get('X-Error-Code'), message, answer.headers.get('X-Request-Id'));
}

/** Returns the URL of the server that a script of the portal comes from, without a slash at the end. */
export const serverOf = (script: string): string => new URL('..', script).href.replace(/\/$/, '');
