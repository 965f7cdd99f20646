/** The most requests or replies in one message. Larger messages would keep one side idle while the other is busy. */
export const MESSAGE_MAX = 8;

/** How many statements stay prepared. */
export const STATEMENTS_MAX = 300;

/** What a thread needs to open its connection. */
export interface ThreadOptions {
  file: string;
  /** `reader` refuses statements that write. */
  role: 'writer' | 'reader';
  /** The file that the writer has opened, which a reader must find at the same path. */
  identity: FileIdentity | null;
}

/** What the program of a thread is given. */
export interface ThreadData extends ThreadOptions {
  /** Is no longer 0 when the process ends: no thread begins a statement then. */
  ending: Int32Array<SharedArrayBuffer>;
}

/** A file, whatever its path. */
export interface FileIdentity {
  device: number;
  inode: number;
}

export interface StatementRequest {
  kind: 'statement';
  /** The place in which the thread keeps the statement prepared, below {@link STATEMENTS_MAX}. */
  slot: number;
  /** The text of the statement, when the place is new to it. */
  sql?: string;
  parameters: unknown[];
  /** Whether the statement belongs to a transaction. It is refused when the connection's own state differs. */
  isInTransaction: boolean;
}

/** `open` opens the connection, where it isn't open; `settle` undoes an open transaction, and replaces the connection when that fails. */
export interface ControlRequest {
  kind: 'open' | 'settle' | 'close';
}

/** Copies the database into a file, consistently and beside running transactions. */
export interface BackupRequest {
  kind: 'backup';
  target: string;
}

export type ThreadRequest = StatementRequest | ControlRequest | BackupRequest;

export interface ThreadReply {
  /** The rows of a statement that returns rows, each as its values in the order of the columns. */
  rows?: unknown[][];
  columns?: string[];
  /** How many rows a statement that returns none has changed. */
  changes?: number;
  lastInsertRowid?: number | bigint;
  identity?: FileIdentity | null;
  error?: { code: string | undefined; message: string };
  /** The connection's own word on whether a transaction is open. */
  isInTransaction: boolean;
}
