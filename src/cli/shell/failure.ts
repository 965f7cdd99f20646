import { BackupError } from '../../backup/backup-error.js';
import { ConfigError } from '../../platform/config/config-error.js';
import { redact } from '../../platform/observability/logs/redaction.js';

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

/** Why a command failed: in one line where the cause is known, else with the stack. */
export function describeFailure(error: unknown): string {
  if ([ConfigError, CommandError, BackupError].some((known) => error instanceof known)) return (error as Error).message;
  const { syscall, message } = error as NodeJS.ErrnoException;
  return syscall === undefined ? describeCrash(error) : redact(`Keywright cannot go on: ${message}`);
}

/** Where an error that nothing caught came from: the stack and no more, because a failed query carries its parameters along. */
export const describeCrash = (error: unknown): string =>
  redact(error instanceof Error ? (error.stack ?? error.message) : String(error));

/** Ends a command whose output nobody reads any longer, as after `| head`. */
export const endWithReader = (): never => process.exit(EXIT.failed);
