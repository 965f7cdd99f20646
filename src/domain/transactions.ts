import { Injectable } from '@nestjs/common';
import { EventEmitter2 } from '@nestjs/event-emitter';
import { QueryFailedError, type EntityManager } from 'typeorm';
import { Writer } from '../database.js';
import type { DomainEvent } from './domain-event.js';

/** One unit of work: everything done through it is committed together or not at all. */
export class Transaction {
  private readonly closing: (() => Promise<void>)[] = [];
  private readonly committed: (() => Promise<void>)[] = [];

  constructor(
    readonly manager: EntityManager,
    private readonly events: EventEmitter2,
  ) {}

  /** Has `task` done as the last thing in this transaction; when it fails, everything is undone. */
  beforeCommit(task: () => Promise<void>): void {
    this.closing.push(task);
  }

  /** Has `task` done once everything is committed, before the caller is answered. */
  afterCommit(task: () => Promise<void>): void {
    this.committed.push(task);
  }

  async close(): Promise<void> {
    for (const task of this.closing) await task();
  }

  async settle(): Promise<void> {
    for (const task of this.committed) await task();
  }

  /** Tells the listeners, who act within this transaction; one that fails undoes it. */
  async publish(event: DomainEvent): Promise<void> {
    await this.events.emitAsync(event.name, event, this);
  }
}

const ATTEMPTS = 5;

/** Codes with which an engine asks for the transaction to be tried again: deadlock, lock wait, certification, busy. */
const TRY_AGAIN = new Set([
  'ER_LOCK_DEADLOCK',
  'ER_LOCK_WAIT_TIMEOUT',
  'ER_CHECKREAD',
  'SQLITE_BUSY',
  'SQLITE_BUSY_SNAPSHOT',
]);

/** The one way to change the database. */
@Injectable()
export class Transactions {
  constructor(
    private readonly writer: Writer,
    private readonly events: EventEmitter2,
  ) {}

  /** Runs `work` in a transaction, again when the engine says that it lost against another one. */
  async run<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    const { result, tx } = await this.commit(work);
    await tx.settle();
    return result;
  }

  /**
   * Runs `work` for each item in a transaction of its own, one after the other, and returns once everything is settled. What was
   * committed before one fails stays.
   */
  async runEach<T>(items: T[], work: (tx: Transaction, item: T) => Promise<void>): Promise<void> {
    const settling: Promise<void>[] = [];
    try {
      for (const item of items) {
        const { tx } = await this.commit((transaction) => work(transaction, item));
        settling.push(tx.settle());
      }
    } finally {
      await Promise.all(settling);
    }
  }

  private async commit<T>(work: (tx: Transaction) => Promise<T>): Promise<{ result: T; tx: Transaction }> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.writer.transaction(async (manager) => {
          const tx = new Transaction(manager, this.events);
          const result = await work(tx);
          await tx.close();
          return { result, tx };
        });
      } catch (error) {
        if (attempt === ATTEMPTS || !wantsAnotherTry(error)) throw error;
        await new Promise((resolve) => setTimeout(resolve, attempt * (5 + Math.random() * 20)));
      }
    }
  }
}

/** Whether a unique index refused the row. */
export function isDuplicate(error: unknown): boolean {
  const code = engineCode(error);
  return code === 'ER_DUP_ENTRY' || code === 'SQLITE_CONSTRAINT_UNIQUE';
}

function wantsAnotherTry(error: unknown): boolean {
  return TRY_AGAIN.has(engineCode(error) ?? '');
}

/** Codes that say nothing of the statement, only that the database can't be asked. */
const UNREACHABLE = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
  'ER_CON_COUNT_ERROR',
  'ER_SERVER_SHUTDOWN',
  'PROTOCOL_CONNECTION_LOST',
  'PROTOCOL_SEQUENCE_TIMEOUT',
  'SQLITE_BUSY',
]);

/** Whether the database couldn't be asked, rather than that it refused. */
export function isUnreachable(error: unknown): boolean {
  return UNREACHABLE.has(engineCode(error) ?? '');
}

function engineCode(error: unknown): string | undefined {
  return ((error instanceof QueryFailedError ? error.driverError : error) as { code?: string } | undefined)?.code;
}
