import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Webhook } from 'standardwebhooks';
import { findUndocumentedEvent } from './documented-answers.js';

export interface ReceivedEvent {
  path: string;
  headers: IncomingHttpHeaders;
  /** As it came. */
  text: string;
  type: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- what a server sends has no type until a test has looked at it
  body: any;
}

type Answer = (response: ServerResponse, event: ReceivedEvent) => void;

/** A small receiver of webhooks on loopback, which keeps what it gets. */
export class Receiver {
  readonly events: ReceivedEvent[] = [];
  /** What the document doesn't say of these events, or says otherwise. */
  readonly undocumented: string[] = [];
  /** How it answers: 204, unless a test says otherwise. */
  answer: Answer = (response) => void response.writeHead(204).end();
  url!: string;
  private readonly server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      const body = JSON.parse(text);
      const event = { path: request.url ?? '', headers: request.headers, text, type: body.type, body };
      this.events.push(event);
      this.undocumented.push(...findUndocumentedEvent(body));
      this.answer(response, event);
    });
  });

  static async start(): Promise<Receiver> {
    const receiver = new Receiver();
    await new Promise<void>((resolve) => receiver.server.listen(0, '127.0.0.1', resolve));
    receiver.url = `http://127.0.0.1:${(receiver.server.address() as AddressInfo).port}`;
    return receiver;
  }

  /** What came to a path, once there are so many. */
  async at(path: string, count = 1, patienceMs = 10_000): Promise<ReceivedEvent[]> {
    for (const start = performance.now(); performance.now() < start + patienceMs;) {
      const events = this.events.filter((event) => event.path === path);
      if (events.length >= count) return events;
      await sleep(25);
    }
    throw new Error(
      `Not ${count} events have come to ${path}, but ${this.events.map((event) => event.path).join(', ')}.`,
    );
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
    expect(this.undocumented).toEqual([]);
  }
}

/** Whether an event was signed with this secret, by the library for Standard Webhooks, which also wants it to be from just now. */
export function isVerified(secret: string, { text, headers }: ReceivedEvent): boolean {
  try {
    new Webhook(secret).verify(text, headers as Record<string, string>);
    return true;
  } catch {
    return false;
  }
}

/** The same for an event of whenever, as a test's clock has it. */
export function isSignedWith(secret: string, { text, headers }: ReceivedEvent): boolean {
  const moment = new Date(Number(headers['webhook-timestamp']) * 1000);
  const signature = new Webhook(secret).sign(String(headers['webhook-id']), moment, text);
  return String(headers['webhook-signature']).split(' ').includes(signature);
}
