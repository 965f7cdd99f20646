import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A proxy between a server and its database that can be cut, stalled and slowed down. */
export class TcpProxy {
  private readonly server = createServer((client) => this.join(client));
  private readonly sockets = new Set<Socket>();
  private isCut = false;
  private delayMs = 0;
  /** Stalls a connection that sends this text. */
  private stalling: { text: string; done: () => void } | null = null;
  private released: Promise<void> = Promise.resolve();
  private readonly onHeal: (() => void)[] = [];

  private constructor(private readonly target: URL) {}

  /** @param url of the database; the proxy's own is {@link url} */
  static async before(url: string): Promise<TcpProxy> {
    const proxy = new TcpProxy(new URL(url));
    await new Promise<void>((resolve) => proxy.server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get url(): string {
    const url = new URL(this.target);
    url.port = String((this.server.address() as AddressInfo).port);
    return url.href;
  }

  /** Ends all connections and takes no new ones. */
  cut(): void {
    this.isCut = true;
    for (const socket of this.sockets) socket.destroy();
  }

  /** Keeps all connections, but passes nothing on. */
  stall(): void {
    this.released = this.untilHealed();
  }

  /** Passes nothing on any more of the connection that is the next to send this. Resolves once there is one. */
  stallOneThatSends(text: string): Promise<void> {
    return new Promise((done) => (this.stalling = { text, done }));
  }

  /** Holds each piece of an answer back for a while. */
  slowDown(delayMs: number): void {
    this.delayMs = delayMs;
  }

  /** Ends all disturbances. */
  heal(): void {
    this.isCut = false;
    this.delayMs = 0;
    this.stalling = null;
    for (const goOn of this.onHeal.splice(0)) goOn();
  }

  async stop(): Promise<void> {
    this.heal();
    this.cut();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private untilHealed(): Promise<void> {
    return new Promise((resolve) => this.onHeal.push(resolve));
  }

  private join(client: Socket): void {
    if (this.isCut) {
      client.destroy();
      return;
    }
    const database = connect(Number(this.target.port), this.target.hostname);
    this.carry(client, database);
    this.carry(database, client, true);
  }

  private carry(from: Socket, to: Socket, isAnswer = false): void {
    this.sockets.add(from);
    let order = Promise.resolve();
    from.on('data', (data) => {
      const delay = isAnswer && this.delayMs > 0 ? sleep(this.delayMs) : undefined;
      if (!isAnswer && this.stalling && data.includes(this.stalling.text)) {
        this.stalling.done();
        this.stalling = null;
        const healed = this.untilHealed();
        order = order.then(() => healed);
      }
      order = order.then(async () => {
        await this.released;
        await delay;
        if (!to.destroyed) to.write(data);
      });
    });
    from.on('error', () => to.destroy());
    from.on('close', () => {
      this.sockets.delete(from);
      void order.then(() => to.destroy());
    });
  }
}
