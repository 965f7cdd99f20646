import type { WebhookEvent } from './document/events.js';
import { KeywrightError } from './transport/error.js';

/** Headers of a request, as Node, Express, Fastify, `fetch` and others have them. */
export type WebhookHeaders =
  { get(name: string): string | null } | Readonly<Record<string, string | readonly string[] | undefined>>;

export interface WebhookInput {
  /** The body exactly as it came, before anything has parsed it. */
  body: string | Uint8Array;
  headers: WebhookHeaders;
  /** The endpoint's secret (`whsec_…`), or several of them while you change from one to the next. */
  secret: string | readonly string[];
  /**
   * How far the time of the attempt may be from now, in seconds.
   *
   * @default 300
   */
  toleranceSeconds?: number;
}

/**
 * Verifies that a webhook was sent by the server, and returns its event.
 *
 * @throws {KeywrightError} `webhook.signature_invalid`, `webhook.timestamp_invalid` or `webhook.malformed`
 */
export async function verifyWebhook(input: WebhookInput): Promise<WebhookEvent> {
  const { toleranceSeconds = 300 } = input;
  const bytes = typeof input.body === 'string' ? new TextEncoder().encode(input.body) : input.body;
  const id = readHeader(input.headers, 'webhook-id');
  const timestamp = readHeader(input.headers, 'webhook-timestamp');
  const signatures = readHeader(input.headers, 'webhook-signature');
  const secrets = typeof input.secret === 'string' ? [input.secret] : input.secret;
  if (!/^\d{1,12}$/.test(timestamp) || Math.abs(Date.now() / 1000 - Number(timestamp)) > toleranceSeconds)
    throw failure('timestamp_invalid', `The webhook was not sent within ${toleranceSeconds} seconds.`);
  const signed = concatenate(new TextEncoder().encode(`${id}.${timestamp}.`), bytes);
  if (!(await isSignedByAny(secrets, signatures, signed)))
    throw failure('signature_invalid', 'No signature of the webhook is by any of the secrets.');
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as WebhookEvent;
  } catch {
    throw failure('malformed', 'The body of the webhook is not JSON.');
  }
}

/** Web Crypto compares signatures in constant time. */
async function isSignedByAny(
  secrets: readonly string[],
  header: string,
  signed: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  const signatures = header
    .split(' ')
    .filter((one) => one.startsWith('v1,'))
    .map((one) => fromBase64(one.slice(3)));
  for (const secret of secrets) {
    const bytes = fromBase64(secret.replace(/^whsec_/, ''));
    if (bytes === undefined || bytes.length === 0)
      throw failure('malformed', 'The secret of a webhook is whsec_ and base64.');
    const key = await crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['verify']);
    for (const signature of signatures)
      if (signature !== undefined && (await crypto.subtle.verify('HMAC', key, signature, signed))) return true;
  }
  return false;
}

function readHeader(headers: WebhookHeaders, name: string): string {
  const value = isHeaders(headers)
    ? headers.get(name)
    : Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1];
  const text = typeof value === 'string' ? value : value?.[0];
  if (text === undefined || text === '') throw failure('malformed', `The webhook has no header ${name}.`);
  return text;
}

const isHeaders = (headers: WebhookHeaders): headers is { get(name: string): string | null } =>
  typeof headers.get === 'function';

function fromBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}

function concatenate(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all;
}

type Failure = 'signature_invalid' | 'timestamp_invalid' | 'malformed';

const failure = (code: Failure, message: string): KeywrightError =>
  new KeywrightError(message, { code: `webhook.${code}` });
