import { setTimeout as sleep } from 'node:timers/promises';
import type { Attachment, ForgetEvent } from './attachment.js';

/** The shortest and the longest interval between two looks for acknowledgements that other instances have taken. */
const LOOK_MIN_MS = 5;
const LOOK_MAX_MS = 200;

/** The time after which a failed statement is repeated. */
const REPEAT_AFTER_MS = 100;

/** The row of a merchant and this instance, and the acknowledgements that other instances have taken. */
export interface MerchantRow {
  insert(): Promise<number>;
  update(revision: number): Promise<void>;
  readAcknowledgements(attachments: readonly Attachment[]): Promise<void>;
}

/**
 * The verifiers of one merchant that are attached to this instance, and the row that says how far they have followed. The row advances once
 * every verifier has acknowledged the merchant's latest change, or every lease has ended that it was given before.
 */
export class MerchantAttachments {
  readonly attachments = new Map<string, Attachment>();
  /** Resolves once the row is there. */
  readonly ready: Promise<void>;
  private latest = 0;
  private written = 0;
  private isSettling = false;
  private isReady = false;
  private joining = 0;
  private wakeUp: () => void = () => undefined;

  constructor(private readonly row: MerchantRow) {
    this.ready = row.insert().then((revision) => {
      this.written = revision;
      this.isReady = true;
    });
  }

  /** Whether no verifier is attached, and none is about to be. */
  get isIdle(): boolean {
    return this.isReady && this.joining === 0 && this.attachments.size === 0;
  }

  /** Calls back once the row is there. */
  async join<T>(work: () => T): Promise<T> {
    this.joining += 1;
    try {
      await this.ready;
      return work();
    } finally {
      this.joining -= 1;
    }
  }

  /** Tells all verifiers what to forget. */
  tell(event: ForgetEvent): void {
    this.latest = event.revision;
    for (const attachment of this.attachments.values()) attachment.tell(event);
    void this.settle();
  }

  /** Looks anew whether all verifiers have followed. */
  wake(): void {
    this.wakeUp();
  }

  /** Removes verifiers that are not connected and can't rely on this instance any more. */
  prune(): void {
    for (const [id, { isConnected, trustedForMs }] of this.attachments)
      if (!isConnected && trustedForMs === 0) this.attachments.delete(id);
  }

  private async settle(): Promise<void> {
    if (this.isSettling) return;
    this.isSettling = true;
    await this.ready.catch(() => undefined);
    while (this.written < this.latest)
      try {
        const { latest } = this;
        await this.untilFollowed(latest);
        await this.row.update(latest);
        this.written = latest;
      } catch {
        await sleep(REPEAT_AFTER_MS, undefined, { ref: false });
      }
    this.isSettling = false;
  }

  /** Resolves once no verifier relies on what was so before a revision. */
  private async untilFollowed(revision: number): Promise<void> {
    const findBehind = (): Attachment[] =>
      [...this.attachments.values()].filter((attachment) => attachment.behindForMs(revision) > 0);
    let behind = findBehind();
    for (let lookMs = LOOK_MIN_MS; behind.length > 0; lookMs = Math.min(2 * lookMs, LOOK_MAX_MS)) {
      await this.untilWoken(Math.min(lookMs, ...behind.map((attachment) => attachment.behindForMs(revision))));
      behind = findBehind();
      if (behind.length > 0) await this.row.readAcknowledgements(behind);
    }
  }

  private untilWoken(withinMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, withinMs);
      this.wakeUp = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
