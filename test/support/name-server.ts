import { createSocket, type Socket } from 'node:dgram';
import { isIP } from 'node:net';

const TYPES: Record<number, 4 | 6> = { 1: 4, 28: 6 };
const NO_SUCH_NAME = 3;

/** A small name server on loopback, whose answers a test gives, and can change from one question to the next. */
export class NameServer {
  /** Names that were asked for, once for each kind of address. */
  readonly asked: string[] = [];
  /** What a name leads to by now; nothing, and there is no such name. */
  addressesOf: (name: string) => string[] = () => [];
  private readonly socket: Socket = createSocket('udp4', (question, { port, address }) => {
    this.socket.send(this.answerTo(question), port, address);
  });

  static async start(): Promise<NameServer> {
    const server = new NameServer();
    await new Promise<void>((resolve) => server.socket.bind(0, '127.0.0.1', resolve));
    return server;
  }

  get address(): string {
    return `127.0.0.1:${this.socket.address().port}`;
  }

  async stop(): Promise<void> {
    await new Promise<void>((resolve) => this.socket.close(() => resolve()));
  }

  /** As RFC 1035 has it: the question again, and an address in each record. */
  private answerTo(question: Buffer): Buffer {
    const labels: string[] = [];
    let at = 12;
    for (let length = question[at] ?? 0; length > 0; length = question[at] ?? 0) {
      labels.push(question.subarray(at + 1, at + 1 + length).toString());
      at += 1 + length;
    }
    const asked = question.subarray(12, at + 5);
    const type = question.readUInt16BE(at + 1);
    const name = labels.join('.').toLowerCase();
    this.asked.push(name);
    const all = this.addressesOf(name);
    const found = all.filter((address) => isIP(address) === TYPES[type]).map(bytesOf);
    const records = found.map((bytes) => {
      const record = Buffer.alloc(12);
      record.writeUInt16BE(0xc00c, 0);
      record.writeUInt16BE(type, 2);
      record.writeUInt16BE(1, 4);
      record.writeUInt16BE(bytes.length, 10);
      return Buffer.concat([record, bytes]);
    });
    const head = Buffer.alloc(12);
    question.copy(head, 0, 0, 2);
    head.writeUInt16BE(0x8180 | (all.length === 0 ? NO_SUCH_NAME : 0), 2);
    head.writeUInt16BE(1, 4);
    head.writeUInt16BE(records.length, 6);
    return Buffer.concat([head, asked, ...records]);
  }
}

/** An address as it goes over the wire; the URL parser writes IPv6 with at most one gap. */
function bytesOf(address: string): Buffer {
  if (isIP(address) === 4) return Buffer.from(address.split('.').map(Number));
  const [head = '', tail = ''] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const groups = (part: string): string[] => (part === '' ? [] : part.split(':'));
  const gap = Array<string>(8 - groups(head).length - groups(tail).length).fill('0');
  const words = [...groups(head), ...gap, ...groups(tail)].map((group) => parseInt(group, 16));
  return Buffer.from(words.flatMap((word) => [word >> 8, word & 0xff]));
}
