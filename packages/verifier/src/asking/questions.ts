import { readClock, type Clock } from '../clock.js';
import { readable } from '../decision/requirements.js';
import { asVerifierError, VerifierError } from '../errors.js';
import type { Digests } from '../memory/digests.js';
import type { Knowledge } from '../memory/knowledge.js';
import type { Attached } from '../server/attached.js';
import { readAnswers, readKnown } from '../server/messages.js';
import { toVerification, type Requirements, type Verification } from '../verification.js';

/** How many keys a request asks about. */
const BATCH_SIZE = 100;
/** How long questions are collected. */
const COLLECT_MS = 1;
/** How many requests are under way at a time. Further questions wait, and go together. */
const MAX_UNDER_WAY = 4;
/** How many questions wait at most. */
const MAX_WAITING = 10_000;

interface Question {
  presented: string;
  requirements: Requirements;
  /** When it was asked, on the steady clock. */
  askedMs: number;
  resolve: (verification: Verification | Promise<Verification>) => void;
  reject: (error: VerifierError) => void;
}

/** Asks the server, about many keys at once. */
export class Questions {
  private waiting: Question[] = [];
  private underWay = 0;
  private timer: NodeJS.Timeout | null = null;
  private idle: (() => void)[] = [];

  /**
   * @param recall decides in memory what can be decided there
   * @param timeoutMs how long a question waits for its answer
   */
  constructor(
    private readonly attached: Attached,
    private readonly knowledge: Knowledge,
    private readonly digests: Digests,
    private readonly clock: Clock,
    private readonly recall: (presented: string, requirements: Requirements) => Promise<Verification> | undefined,
    private readonly timeoutMs: number,
  ) {}

  /**
   * Asks about a key. Each question is asked by itself, even if another about the same key is under way: that one's answer may be older than a revocation
   * that returned before this one began, and the server counts both against the key's limits.
   *
   * @throws {VerifierError} if there is no answer
   */
  ask(presented: string, requirements: Requirements): Promise<Verification> {
    return new Promise((resolve, reject) => {
      if (this.waiting.length >= MAX_WAITING)
        return reject(new VerifierError('Too many questions are waiting.', { code: 'client.overloaded' }));
      this.waiting.push({ presented, requirements, askedMs: this.clock.steadyMs(), resolve, reject });
      if (this.waiting.length >= BATCH_SIZE) this.sendWaiting();
      else this.timer ??= setTimeout(() => this.sendWaiting(), COLLECT_MS);
    });
  }

  /** Resolves when every question has been answered. */
  async settled(): Promise<void> {
    if (this.underWay === 0 && this.waiting.length === 0) return;
    await new Promise<void>((resolve) => this.idle.push(resolve));
  }

  private sendWaiting(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    while (this.waiting.length > 0 && this.underWay < MAX_UNDER_WAY) {
      const questions = this.waiting.splice(0, BATCH_SIZE).filter((question) => !this.settle(question));
      if (questions.length > 0) void this.send(questions);
    }
    if (this.underWay === 0) for (const resolve of this.idle.splice(0)) resolve();
  }

  /** Settles what needs no request any more: an earlier answer has made the key known, or the time is over. */
  private settle({ presented, requirements, askedMs, resolve, reject }: Question): boolean {
    const known = this.recall(presented, requirements);
    if (known) resolve(known);
    else if (this.clock.steadyMs() - askedMs > this.timeoutMs)
      reject(new VerifierError('The server did not answer in time.', { code: 'client.timeout' }));
    else return false;
    return true;
  }

  private async send(questions: Question[]): Promise<void> {
    this.underWay++;
    try {
      await this.exchange(questions);
    } catch (error) {
      const { status } = asVerifierError(error);
      // One that the server does not take must not fail the others.
      if (status === 400 && questions.length > 1) for (const question of questions) await this.send([question]);
      else for (const { reject } of questions) reject(asVerifierError(error));
    } finally {
      this.underWay--;
      this.sendWaiting();
    }
  }

  private async exchange(questions: Question[]): Promise<void> {
    const asked = this.knowledge.ask(readClock(this.clock));
    const answer = await this.post(questions).catch((error: unknown) => {
      // A connection that has been idle may end just when it is used. Should the server have counted the uses all the same, they count twice.
      if (asVerifierError(error).code !== 'client.connection_failed') throw error;
      return this.post(questions);
    });
    const { revision, results } = readAnswers(answer, questions.length);
    for (const [index, { presented, resolve }] of questions.entries()) {
      const result = results[index] as Verification & { known: unknown };
      const verification = toVerification(result);
      const known = readKnown(result.known);
      if (known) this.knowledge.remember({ digest: this.digests.of(presented), verification, known, revision, asked });
      resolve(verification);
    }
  }

  private post(questions: Question[]): Promise<unknown> {
    const keys = questions.map(({ presented, requirements }) => ({ key: presented, ...readable(requirements) }));
    return this.attached.ask({
      body: JSON.stringify({ keys }),
      timeoutMs: this.timeoutMs,
    });
  }
}
