import type { DatabaseServer } from './database-server.js';

export { freePort } from './database-server.js';
export function startMariadb(args?: string[]): Promise<DatabaseServer | null>;
