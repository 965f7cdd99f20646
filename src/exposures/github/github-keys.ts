import type { KeyObject } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { Config } from '../../platform/config/config.js';
import { Clock } from '../../platform/runtime/clock.js';
import { DomainError } from '../../platform/events/domain-error.js';
import { LogEntry } from '../../platform/observability/logs/log-entry.js';
import { errorMessage } from '../../platform/runtime/error-message.js';
import { readLimitedText } from '../../platform/runtime/limited-text.js';
import { parsePublicKeys, readKeySource, type PublicKeys } from '../../platform/config/public-keys.js';

const TIMEOUT_MS = 5000;

/** The largest response with keys, in bytes; a key takes a few hundred. */
const SIZE_MAX = 64 * 1024;

/** The time after which keys are fetched again, and the shortest time between two fetches caused by an unknown identifier. */
const GOOD_FOR_MS = 3_600_000;
const FETCH_EVERY_MS = 60_000;

const NONE: PublicKeys = new Map();

/** The public keys that verify GitHub's messages, configured or fetched from a configured URL. */
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
   * Returns the key with this identifier, or `undefined`. Made-up identifiers cause at most one fetch a minute.
   *
   * @param requestId the request that needs the key, for the log
   * @throws {DomainError} `unavailable` until keys could be fetched for the first time
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

  /** Fetches the keys. The earlier keys stay valid while the URL does not respond. */
  private async fetch(url: string, nowMs: number, requestId: string | null): Promise<void> {
    try {
      const response = await fetch(url, {
        redirect: 'error',
        headers: { accept: 'application/json', 'user-agent': 'Keywright' },
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      if (!response.ok) throw new Error(`status ${response.status}`);
      this.keys = parsePublicKeys(await readLimitedText(response, SIZE_MAX));
      this.fetchedAtMs = nowMs;
    } catch (error) {
      const message = `GitHub's public keys can't be fetched: ${errorMessage(error)}`;
      this.logger.warn(new LogEntry(message, { requestId }));
    }
  }
}
