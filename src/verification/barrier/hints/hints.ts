import { randomBytes, randomUUID } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { Injectable, Logger } from '@nestjs/common';
import { Config } from '../../../platform/config/config.js';
import { PriorityConnections } from '../../../platform/database/priority-connections.js';
import { errorMessage } from '../../../platform/runtime/error-message.js';
import { decodeHint, encodeHint, type HintKind } from './hint.js';
import { formatHostPort, parseHostPort } from '../../../platform/config/host-port.js';

/** Where an instance takes hints, and the key by which they are authenticated. Only who reads the database knows the key. */
export interface HintPlace {
  /** `host:port`. */
  address: string;
  key: string;
}

/** Another instance. */
export interface Peer extends HintPlace {
  id: string;
}

const KEY_BYTES = 32;

/**
 * Hints between instances, by UDP: that there are changes to be read, and that they have been applied. They make a revocation quick, and nothing
 * relies on them: each instance reads changes at an interval as well, and the barrier believes what instances have written into the database. So a
 * hint may be lost, late, repeated or forged.
 */
@Injectable()
export class Hints {
  readonly instanceId = randomUUID();
  /** Where this instance takes hints; `null` where it takes none. */
  place: HintPlace | null = null;
  /** The other instances that hold a lease and take hints. */
  peers: readonly Peer[] = [];
  private readonly logger = new Logger('Keywright');
  private changesListener: () => void = () => undefined;
  private appliedListener: () => void = () => undefined;
  private isApplied = false;
  /** The last sequence of each sender. */
  private readonly sequences = new Map<string, bigint>();
  /** Who has told of changes that this instance has not yet reported as applied. */
  private readonly waiting = new Set<string>();
  private sequence = BigInt(Date.now()) << 20n;
  private socket: Socket | undefined;

  constructor(
    private readonly config: Config,
    private readonly connections: PriorityConnections,
  ) {}

  /** Listens, unless hints are switched off. Where that isn't possible, revocations are only slower. */
  async open(): Promise<void> {
    const { HINT_LISTEN, HINT_ADDRESS } = this.config;
    if (HINT_LISTEN === 'off') return;
    const { host, port } = parseHostPort(HINT_LISTEN ?? this.connections.localAddress);
    try {
      const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
      socket.on('message', (datagram) => this.receive(datagram));
      const listening = once(socket, 'listening');
      // Workers of one process would otherwise share the port, and take each other's hints.
      socket.bind({ address: host, port: port ?? 0, exclusive: true });
      await listening;
      socket.unref().on('error', () => undefined);
      this.socket = socket;
      const address = HINT_ADDRESS ?? formatHostPort({ host, port: socket.address().port });
      this.place = { address, key: randomBytes(KEY_BYTES).toString('base64url') };
    } catch (error) {
      this.logger.warn(
        `Other instances cannot wake this one at ${host}, so that revocations take up to 100 ms longer: ${errorMessage(error)}. Set HINT_LISTEN.`,
      );
    }
  }

  close(): void {
    this.socket?.close();
    this.socket = undefined;
  }

  /** Calls back when another instance tells of changes. */
  onChanges(listener: () => void): void {
    this.changesListener = listener;
  }

  /**
   * Resolves when another instance tells that it has applied changes, at once if one has done so since the last call, and in any case after a
   * time.
   */
  async untilApplied(withinMs: number): Promise<void> {
    if (!this.isApplied)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, withinMs);
        this.appliedListener = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    this.isApplied = false;
  }

  /** Tells all other instances that there are changes to be read. */
  tellOfChanges(): void {
    for (const peer of this.peers) this.send('changed', peer);
  }

  /** Tells the instances that have told of changes that these have been applied. */
  tellOfApplied(): void {
    for (const peer of this.peers) if (this.waiting.delete(peer.id)) this.send('applied', peer);
    this.waiting.clear();
  }

  private send(kind: HintKind, { address, key }: Peer): void {
    const { host, port } = parseHostPort(address);
    this.sequence += 1n;
    const datagram = encodeHint({ kind, sender: this.instanceId, sequence: this.sequence }, key);
    // A name that cannot be resolved and a full buffer are losses like others.
    this.socket?.send(datagram, port, host, () => undefined);
  }

  private receive(datagram: Buffer): void {
    const isKnown = (sender: string): boolean => this.peers.some(({ id }) => id === sender);
    const hint = this.place && decodeHint(datagram, this.place.key, isKnown);
    if (!hint || hint.sequence <= (this.sequences.get(hint.sender) ?? 0n)) return;
    this.sequences.set(hint.sender, hint.sequence);
    if (hint.kind === 'changed') {
      this.waiting.add(hint.sender);
      this.changesListener();
    } else {
      this.isApplied = true;
      this.appliedListener();
    }
  }
}
