import type { KeyObject } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { Config } from '../../platform/config/config.js';
import { Clock } from '../../platform/runtime/clock.js';
import { DomainError } from '../../platform/events/domain-error.js';
import { LogEntry } from '../../platform/observability/logs/log-entry.js';
import { errorMessage } from '../../platform/runtime/error-message.js';
import { parsePublicKeys, readKeySource, type PublicKeys } from '../../platform/config/public-keys.js';

const TIMEOUT_MS = 5000;

/** Bytes of the answer with the keys; a few hundred are what one takes. */
const SIZE_MAX = 64 * 1024;

/** How long keys that were fetched are taken as they are, and how soon they are fetched again because of a name that isn't among them. */
const GOOD_FOR_MS = 3_600_000;
const FETCH_EVERY_MS = 60_000;

const NONE: PublicKeys = new Map();

/** The public keys by which GitHub's messages are known, as they are configured or as they are fetched from where that says. */
@Injectable()
export class GithubKeys {
  private readonly logger = new Logger('Keywright');
  private readonly url: string | null;
  private keys: PublicKeys;
  private fetchedAtMs = Number.NEGATIVE_INFINITY;
  private triedAtMs = Number.NEGATIVE_INFINITY;
  private fetching: Promise<void> | null = null;

  constructor(
    { GITHUB_SECRET_SCANNING_KEYS: setting }: Config,
    private readonly clock: Clock,
  ) {
    const source = setting === undefined ? { keys: NONE } : readKeySource(setting);
    this.url = 'url' in source ? source.url : null;
    this.keys = 'keys' in source ? source.keys : NONE;
  }

  /**
   * The key of that name; `undefined` when there is none. Whoever makes names up can't have the keys fetched oftener than once in a minute.
   *
   * @param requestId of the request that asks, which lines of the log name
   * @throws {DomainError} `unavailable` as long as no keys could be fetched at all
   */
  async find(name: string, requestId: string | null): Promise<KeyObject | undefined> {
    const nowMs = this.clock.nowMs();
    const isOld = nowMs - this.fetchedAtMs > GOOD_FOR_MS;
    const mayFetch = nowMs - this.triedAtMs > FETCH_EVERY_MS || this.fetching !== null;
    if (this.url !== null && mayFetch && (isOld || !this.keys.has(name)))
      await this.fetchOnce(this.url, nowMs, requestId);
    if (this.url !== null && this.keys.size === 0) throw new DomainError('unavailable', { retryAfterSeconds: 60 });
    return this.keys.get(name);
  }

  private fetchOnce(url: string, nowMs: number, requestId: string | null): Promise<void> {
    this.triedAtMs = nowMs;
    this.fetching ??= this.fetch(url, nowMs, requestId).finally(() => (this.fetching = null));
    return this.fetching;
  }

  /** What was known before stays known while the address doesn't answer. */
  private async fetch(url: string, nowMs: number, requestId: string | null): Promise<void> {
    try {
      const response = await fetch(url, {
        redirect: 'error',
        headers: { accept: 'application/json', 'user-agent': 'Keywright' },
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      if (!response.ok) throw new Error(`status ${response.status}`);
      this.keys = parsePublicKeys(await textOf(response));
      this.fetchedAtMs = nowMs;
    } catch (error) {
      const message = `GitHub's public keys can't be fetched: ${errorMessage(error)}`;
      this.logger.warn(new LogEntry(message, { requestId }));
    }
  }
}

async function textOf({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > SIZE_MAX) throw new Error('the answer is too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
