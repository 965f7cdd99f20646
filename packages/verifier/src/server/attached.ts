import type { VerifierError } from '../errors.js';
import { readAttachment, type Attachment } from './messages.js';
import type { Request, Requests } from './requests.js';

const TIMEOUT_MS = 5000;
const VERIFIERS = '/api/v1/verifiers';

/** A request about the attached verifier; its path follows the verifier's id. */
type AttachedRequest = Omit<Request, 'path'> & { suffix: string };

/** The verifier as the server knows it. */
export class Attached {
  private renewing: Promise<void> | null = null;

  private constructor(
    private readonly requests: Requests,
    private readonly name: string | undefined,
    private attachment: Attachment,
  ) {}

  /**
   * Attaches a verifier.
   *
   * @throws {VerifierError} `credential.invalid`, `access.level_lacking`, `verifier.limit_reached`, or the server could not be reached
   */
  static async attach(requests: Requests, name: string | undefined): Promise<Attached> {
    return new Attached(requests, name, await postAttachment(requests, name));
  }

  get id(): string {
    return this.attachment.id;
  }

  /** What the server has said at the attachment. */
  get initial(): Attachment {
    return this.attachment;
  }

  /**
   * Sends a request, and once more under a new id if the server knows the verifier no longer.
   *
   * @throws {VerifierError} if the server refuses, fails or does not answer in time
   */
  async request(request: AttachedRequest): Promise<unknown> {
    const { id } = this;
    try {
      return await this.requests.json(this.place(request));
    } catch (error) {
      if (!isUnknown(error as VerifierError)) throw error;
      await this.renew(id);
      return await this.requests.json(this.place(request));
    }
  }

  /**
   * Asks about keys, which needs no attachment.
   *
   * @throws {VerifierError} as {@link request}
   */
  ask(request: Omit<Request, 'path' | 'method'>): Promise<unknown> {
    return this.requests.json({ ...request, method: 'POST', path: `${VERIFIERS}/verifications` });
  }

  /** Streams an answer, as {@link Requests.stream}. */
  stream(request: AttachedRequest): AsyncGenerator<string> {
    return this.requests.stream(this.place(request));
  }

  /** Attaches anew, unless that has happened since the id was in use. */
  async renew(formerId: string): Promise<void> {
    if (this.id !== formerId) return;
    this.renewing ??= postAttachment(this.requests, this.name)
      .then((attachment) => void (this.attachment = attachment))
      .finally(() => (this.renewing = null));
    await this.renewing;
  }

  /** Detaches. */
  async detach(): Promise<void> {
    await this.requests.json(this.place({ method: 'DELETE', suffix: '', timeoutMs: TIMEOUT_MS }));
  }

  private place({ suffix, ...request }: AttachedRequest): Request {
    return { ...request, path: `${VERIFIERS}/${encodeURIComponent(this.id)}${suffix}` };
  }
}

/** Whether the server has forgotten the verifier, as after a long absence. */
export const isUnknown = ({ code }: VerifierError): boolean => code === 'verifier.not_found';

async function postAttachment(requests: Requests, name: string | undefined): Promise<Attachment> {
  const body = JSON.stringify({ name });
  return readAttachment(await requests.json({ method: 'POST', path: VERIFIERS, body, timeoutMs: TIMEOUT_MS }));
}
