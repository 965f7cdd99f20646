import { loadConfig, type Config } from '../../platform/config/config.js';

/**
 * The configuration of a command that runs the application beside the servers, or without any. It is an instance like them, because its key
 * changes pass the barrier, but it runs no scheduled job and listens on no port.
 */
export const readConfigBesideServers = (): Config =>
  Object.assign(loadConfig(process.env), { HOUSEKEEPING: false, METRICS_PORT: undefined });
