import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** Content codings, the preferred one first. */
const CODINGS = {
  br: (body: Buffer): Promise<Buffer> =>
    promisify(brotliCompress)(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }),
  gzip: (body: Buffer): Promise<Buffer> => promisify(gzip)(body, { level: 9 }),
};

type Coding = keyof typeof CODINGS;

const CODING_NAMES = Object.keys(CODINGS) as Coding[];

interface Representation {
  body: Buffer;
  entityTag: string;
}

/** An answer that is the same for everyone. It is read, and compressed in each coding, when it is first asked for, and then kept. */
export class StoredAnswer {
  private body: Buffer | null = null;
  private readonly representations = new Map<Coding | 'identity', Promise<Representation>>();

  /**
   * @param type the content type
   * @param headers what the answer has beside that; unless they say otherwise, it may be stored, but must be revalidated
   */
  constructor(
    private readonly type: string,
    private readonly read: () => Buffer | string,
    private readonly headers: Readonly<Record<string, string>> = {},
  ) {}

  /** Sends the answer in the best coding that the client accepts, or 304 if the client has it already. */
  readonly send = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const coding = CODING_NAMES.find((name) => accepts(request.headers['accept-encoding'], name)) ?? 'identity';
    const { body, entityTag } = await this.inCoding(coding);
    void reply.headers({ 'Cache-Control': 'no-cache', Vary: 'Accept-Encoding', ETag: entityTag, ...this.headers });
    if (isHeld(request.headers['if-none-match'], entityTag)) return reply.status(304).send();
    if (coding !== 'identity') void reply.header('Content-Encoding', coding);
    return reply.type(this.type).send(body);
  };

  private inCoding(coding: Coding | 'identity'): Promise<Representation> {
    let representation = this.representations.get(coding);
    if (!representation) {
      representation = this.represent(coding);
      this.representations.set(coding, representation);
    }
    return representation;
  }

  private async represent(coding: Coding | 'identity'): Promise<Representation> {
    const body = (this.body ??= Buffer.from(this.read()));
    const digest = createHash('sha256').update(body).digest('base64url').slice(0, 22);
    if (coding === 'identity') return { body, entityTag: `"${digest}"` };
    return { body: await CODINGS[coding](body), entityTag: `"${digest}-${coding}"` };
  }
}

/** Whether a client accepts a content coding (RFC 9110, section 12.5.3). */
const accepts = (header: string | string[] = '', coding: Coding): boolean =>
  String(header)
    .split(',')
    .map((item) =>
      item
        .trim()
        .toLowerCase()
        .split(/\s*;\s*/),
    )
    .some(([name, weight]) => name === coding && !/^q=0(\.0*)?$/.test(weight ?? ''));

/** Whether a client holds the representation already (RFC 9110, section 13.1.2). */
const isHeld = (header: string | undefined, entityTag: string): boolean =>
  header?.split(',').some((tag) => tag.trim() === '*' || tag.trim().replace(/^W\//, '') === entityTag) === true;
