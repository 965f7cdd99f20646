import { LEVELS } from '../../access/levels.js';
import { isWeak } from '../../accounts/passwords/password-rules.js';
import { CommandError } from '../shell/failure.js';
import { readSecretLine } from '../shell/standard-input.js';

const FORM = /^[^\0]{8,200}$/u;

/**
 * Reads a new password from standard input.
 *
 * @throws {CommandError} when it is too weak for an account of this level
 */
export async function readNewPassword(level: number): Promise<string> {
  const password = await readSecretLine('new password');
  if (!FORM.test(password) || isWeak(password, level))
    throw new CommandError(
      `The password must have ${level >= LEVELS.writeOwn ? 12 : 8} to 200 characters and must not be a common one. Nothing has been changed.`,
    );
  return password;
}
