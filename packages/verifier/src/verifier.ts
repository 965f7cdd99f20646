import { Questions } from './asking/questions.js';
import { systemClock, type Clock } from './clock.js';
import { formOf } from './credentials/checksum.js';
import { outcomeOf, resultOf } from './decision/decide.js';
import { findMistake, NONE } from './decision/requirements.js';
import { VerifierError, VerifierUnavailableError } from './errors.js';
import { Lease } from './lease/lease.js';
import { Digests } from './memory/digests.js';
import { Knowledge } from './memory/knowledge.js';
import { Memory } from './memory/memory.js';
import { Attached } from './server/attached.js';
import { Link } from './lease/link.js';
import { Requests } from './server/requests.js';
import { Usage } from './usage/usage.js';
import { NOT_FOUND, UNAVAILABLE, type Requirements, type Verification } from './verification.js';

/** Where the server is, the verifier's own key, and what it does when the server is away. */
export interface VerifierOptions {
  /** The server's URL, such as `https://keys.example.com`. */
  url: string;
  /** The verifier's own key, of level 1 or higher, with the scope `verifier`. */
  key: string;
  /** The name under which the server lists the verifier, 1 to 100 characters. */
  name?: string | undefined;
  /**
   * The number of keys that are remembered at most.
   *
   * @default 100000
   */
  maxKeys?: number | undefined;
  /**
   * What happens to a key that is not known while the server is away: the result has the outcome `UNAVAILABLE`, or a `VerifierUnavailableError` is
   * thrown. It is never accepted.
   *
   * @default 'refuse'
   */
  onUnavailable?: 'refuse' | 'throw' | undefined;
  /**
   * Told of failures in the background, once until the next success: the server refuses the verifier, is away, or does not take a report of usage.
   *
   * @default emits a warning of the process
   */
  onError?: ((error: VerifierError) => void) | undefined;
  /**
   * Milliseconds that a question to the server may take.
   *
   * @default 3000
   */
  timeoutMs?: number | undefined;
  /**
   * Sends the requests: to go through a proxy, or to record them.
   *
   * @default the platform's
   */
  fetch?: typeof fetch | undefined;
  /**
   * The clocks of the machine: to hold them still in tests.
   *
   * @default the platform's
   */
  clock?: Clock | undefined;
}

/** Verifies keys in this process. */
export interface Verifier extends AsyncDisposable {
  /**
   * Verifies a presented key: whether it is valid, and what it may do. No verdict that begins after a revocation has returned accepts the key.
   *
   * @param presented the key as it came: `ks_…`, `<key>:<secret>`, an imported key or the access token of a session
   * @throws {TypeError} if the requirements are not possible
   * @throws {VerifierUnavailableError} if the server has to be asked and is away, with `onUnavailable: 'throw'`
   * @throws {VerifierError} `client.closed` after {@link close}
   */
  (presented: string, requirements?: Requirements): Promise<Verification>;
  /** Answers what is being asked, reports the remaining uses, and detaches. */
  close(): Promise<void>;
}

/** How long the first lease is waited for. Without one, every key is asked about. */
const FIRST_LEASE_MS = 1000;
const MAX_PRESENTED = 10_000;
const DEFAULT_MAX_KEYS = 100_000;

const NOT_FOUND_PROMISE = Promise.resolve(NOT_FOUND);

/**
 * Attaches a verifier to a server.
 *
 *     const verify = await verifier({ url: 'https://keys.example.com', key });
 *     const { valid, outcome } = await verify(presented, { scopes: ['orders:read'] });
 *
 * @throws {TypeError} if an option is not possible
 * @throws {VerifierError} if the server refuses the verifier or can't be reached
 */
export async function verifier(options: VerifierOptions): Promise<Verifier> {
  const { url, key, name, maxKeys = DEFAULT_MAX_KEYS } = options;
  if (!Number.isSafeInteger(maxKeys) || maxKeys < 0) throw new TypeError('maxKeys must be an integer from 0 on.');
  const requests = new Requests(url, key, options.fetch ?? fetch);
  const attached = await Attached.attach(requests, name);
  const local = new LocalVerifier(attached, maxKeys, options);
  await local.ready();
  const verify = (presented: string, requirements?: Requirements): Promise<Verification> =>
    local.verify(presented, requirements);
  const close = (): Promise<void> => local.close();
  return Object.assign(verify, { close, [Symbol.asyncDispose]: close });
}

class LocalVerifier {
  private readonly clock: Clock;
  private readonly digests = new Digests();
  private readonly memory: Memory;
  private readonly lease: Lease;
  private readonly knowledge: Knowledge;
  private readonly link: Link;
  private readonly questions: Questions;
  private readonly usage: Usage;
  private closed: Promise<void> | null = null;

  constructor(
    private readonly attached: Attached,
    maxKeys: number,
    private readonly options: VerifierOptions,
  ) {
    const { onError = (error) => process.emitWarning(error), timeoutMs = 3000, clock = systemClock } = options;
    this.clock = clock;
    this.memory = new Memory(maxKeys);
    this.lease = new Lease(clock);
    this.knowledge = new Knowledge(this.memory, attached.initial);
    const { knowledge, lease } = this;
    this.usage = new Usage(attached, clock, Math.max(DEFAULT_MAX_KEYS, 2 * maxKeys), onError);
    this.link = new Link({ attached, clock, knowledge, lease, onError });
    const recall = (presented: string, requirements: Requirements) => this.recall(presented, requirements);
    this.questions = new Questions(attached, knowledge, this.digests, clock, recall, timeoutMs);
  }

  /** Resolves when there is a lease, or none comes for now. */
  async ready(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, FIRST_LEASE_MS)));
    await Promise.race([this.link.leased, late]);
    clearTimeout(timer);
  }

  verify(presented: string, requirements: Requirements = NONE): Promise<Verification> {
    if (this.closed !== null)
      return Promise.reject(new VerifierError('The verifier is closed.', { code: 'client.closed' }));
    const mistake = findMistake(requirements);
    if (mistake !== null) return Promise.reject(mistake);
    if (typeof presented !== 'string' || presented === '' || presented.length > MAX_PRESENTED) return NOT_FOUND_PROMISE;
    return this.recall(presented, requirements) ?? this.ask(presented, requirements);
  }

  close(): Promise<void> {
    this.closed ??= this.end();
    return this.closed;
  }

  /**
   * Decides in memory; `undefined` if the server has to be asked. The lease and the memory are read in one step that nothing interrupts, so that nothing
   * is forgotten in between. A process that is paused in the middle of it gives a verdict that began before.
   */
  private recall(presented: string, requirements: Requirements): Promise<Verification> | undefined {
    const steadyMs = this.clock.steadyMs();
    const wallMs = this.clock.wallMs();
    if (!this.lease.holdsAt(steadyMs, wallMs)) return undefined;
    const key = this.memory.get(this.digests.of(presented));
    if (key === undefined)
      return !this.knowledge.importsKeys && formOf(presented) === 'mistyped' ? NOT_FOUND_PROMISE : undefined;
    if (steadyMs >= key.ends.steadyMs || wallMs >= key.ends.wallMs) {
      // What an expired credential is now, the server says: that of a rotated key belongs to no key any more.
      this.memory.remove(key);
      return undefined;
    }
    const outcome = outcomeOf(key, requirements);
    key.isRecent = true;
    if (outcome !== 'NOT_FOUND') this.usage.count(key, outcome, requirements, steadyMs);
    return Promise.resolve(resultOf(key, outcome));
  }

  private async ask(presented: string, requirements: Requirements): Promise<Verification> {
    try {
      return await this.questions.ask(presented, requirements);
    } catch (error) {
      if (this.options.onUnavailable === 'throw') throw new VerifierUnavailableError(error as VerifierError);
      return UNAVAILABLE;
    }
  }

  private async end(): Promise<void> {
    await this.questions.settled();
    this.link.close();
    await this.usage.close();
    // The server forgets a verifier of which it hears nothing.
    await this.attached.detach().catch(() => undefined);
  }
}
