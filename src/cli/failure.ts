import { BackupError } from '../backup/backup-error.js';
import { ConfigError } from '../platform/config/config-error.js';
import { redact } from '../platform/observability/logs/redaction.js';

/** What the end of a command tells the shell. */
export const EXIT = { ok: 0, failed: 1, wrongUsage: 2 } as const;

/** A command cannot do its work; the message says why. */
export class CommandError extends Error {
  readonly exitCode: number = EXIT.failed;
}

/** A command was given something that it does not take. */
export class UsageError extends CommandError {
  override readonly exitCode = EXIT.wrongUsage;
}

/** How the addresses fail that a server cannot listen on. */
const UNUSABLE_HOSTS = ['ENOTFOUND', 'EAI_AGAIN', 'EADDRNOTAVAIL'];

/** Names HOST if it is why a server cannot listen, else returns the error as it is. */
export function asHostFailure(host: string, error: unknown): unknown {
  const { code = '' } = error as NodeJS.ErrnoException;
  if (!UNUSABLE_HOSTS.includes(code)) return error;
  return new CommandError(
    `HOST must be an address of this machine, or a name of one, like 127.0.0.1 or 0.0.0.0; ${host} is not (${code}).`,
  );
}

/** Why a command failed: in one line where the cause is known, else with the stack. */
export function describeFailure(error: unknown): string {
  if ([ConfigError, CommandError, BackupError].some((known) => error instanceof known)) return (error as Error).message;
  const { code, syscall, message, address, port } = error as NodeJS.ErrnoException & {
    address?: string;
    port?: number;
  };
  if (code === 'EADDRINUSE')
    return `Port ${port} of ${address} is in use (${code}): stop the process that uses it, or set another port.`;
  return syscall === undefined ? describeCrash(error) : redact(`Keywright cannot go on: ${message}`);
}

/** Where an error that nothing caught came from: the stack and no more, because a failed query carries its parameters along. */
export const describeCrash = (error: unknown): string =>
  redact(error instanceof Error ? (error.stack ?? error.message) : String(error));
