import type { Connection, ConnectionOptions } from 'mysql2/promise';

export interface DatabaseServer {
  readonly engine: 'mariadb' | 'mysql';
  readonly url: string;
  readonly port: number;
  readonly socket: string;
  readonly folder: string;
  connect(options?: ConnectionOptions): Promise<Connection>;
  run(): Promise<void>;
  kill(): Promise<void>;
  stop(): Promise<void>;
}

export function freePort(): Promise<number>;
