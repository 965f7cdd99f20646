import { ConfigError } from '../config/config-error.js';

/** An address to listen on, and the settings that name it. */
export interface ListenAddress {
  host: string;
  port: number;
  hostSetting: string;
  portSetting: string;
}

/** How the addresses fail that a server cannot listen on. */
const UNUSABLE_HOSTS = ['ENOTFOUND', 'EAI_AGAIN', 'EADDRNOTAVAIL', 'EAFNOSUPPORT'];

/** Names the setting that is why a server cannot listen, and what to do; an error of another kind is returned as it is. */
export function asListenFailure({ host, port, hostSetting, portSetting }: ListenAddress, error: Error): Error {
  const { code = '' } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE')
    return new ConfigError(
      `Port ${port} of ${host} is in use (${code}): stop the process that uses it, or set ${portSetting} to another port.`,
    );
  if (code === 'EACCES' || code === 'EPERM')
    return new ConfigError(
      `The user who runs Keywright may not listen on port ${port} of ${host} (${code}): set ${portSetting} to a port from 1024 on.`,
    );
  if (!UNUSABLE_HOSTS.includes(code)) return error;
  return new ConfigError(
    `${hostSetting} must be an address of this machine, or a name of one, like 127.0.0.1 or 0.0.0.0; ${host} is not (${code}).`,
  );
}
