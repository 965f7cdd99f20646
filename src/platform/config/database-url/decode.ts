import { ConfigError } from '../config-error.js';

/**
 * Decodes a part of a URL.
 *
 * @param part how the part is named in a message
 * @throws {ConfigError} when a `%` in it begins no percent-encoded character
 */
export function decode(part: string, text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new ConfigError(`${part} holds a % that begins no percent-encoded character; write it as %25`);
  }
}
