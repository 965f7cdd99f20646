import { isIPv6 } from 'node:net';
import { registerDecorator } from 'class-validator';

export interface HostPort {
  host: string;
  port?: number;
}

const HOST_PORT = /^(?:\[(?<ipv6>[\da-f:.]+)\]|(?<host>[\w.-]+))(?::(?<port>\d{1,5}))?$/i;

/** Reads `host`, `host:port`, an IPv6 address, or `[IPv6 address]:port`; `null` for anything else. */
export function tryParseHostPort(text: string): HostPort | null {
  if (isIPv6(text)) return { host: text };
  const groups = HOST_PORT.exec(text)?.groups;
  const host = groups?.ipv6 ?? groups?.host;
  if (host === undefined || (groups?.ipv6 !== undefined && !isIPv6(host))) return null;
  const port = groups?.port === undefined ? undefined : Number(groups.port);
  if (port === undefined) return { host };
  return port <= 65_535 ? { host, port } : null;
}

/** @throws {Error} for what {@link tryParseHostPort} doesn't know */
export function parseHostPort(text: string): HostPort {
  const parsed = tryParseHostPort(text);
  if (!parsed) throw new Error(`${text} is no host and port.`);
  return parsed;
}

export const formatHostPort = ({ host, port }: Required<HostPort>): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;

/** The text is a host, with or without a port. */
export const IsHostPort =
  ({ needsPort = false, orOff = false }: { needsPort?: boolean; orOff?: boolean }): PropertyDecorator =>
  (target, property) =>
    registerDecorator({
      name: 'isHostPort',
      target: target.constructor,
      propertyName: property as string,
      options: {
        message: needsPort
          ? '$property must be a host and a port, like 10.0.0.7:4100'
          : '$property must be a host, like 10.0.0.7 or 10.0.0.7:4100, or off',
      },
      validator: {
        validate: (value: unknown) => {
          if (typeof value !== 'string') return false;
          if (orOff && value === 'off') return true;
          const parsed = tryParseHostPort(value);
          return parsed !== null && (!needsPort || parsed.port !== undefined);
        },
      },
    });
