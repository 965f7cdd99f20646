import type { DatabaseServer } from './database-server.js';

export function startMysql(args?: string[]): Promise<DatabaseServer | null>;
