import { createPublicKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { registerDecorator } from 'class-validator';
import { isConfidential } from './confidential-url.js';

/** Public keys by their identifiers. */
export type PublicKeys = ReadonlyMap<string, KeyObject>;

/** A URL to fetch keys from, or the keys themselves. */
export type KeySource = { url: string } | { keys: PublicKeys };

/**
 * Parses `GITHUB_SECRET_SCANNING_KEYS`: a URL to fetch keys from, JSON as GitHub publishes it, or the path of a file with such JSON.
 *
 * @throws {Error} when the setting is none of these
 */
export function readKeySource(setting: string): KeySource {
  if (setting.trimStart().startsWith('{')) return { keys: parsePublicKeys(setting) };
  if (!/^\w+:\/\//.test(setting)) return { keys: parsePublicKeys(readFileSync(setting, 'utf8')) };
  if (!isConfidential(new URL(setting))) throw new Error('keys must be fetched over https');
  return { url: setting };
}

/**
 * Reads `{"public_keys": [{"key_identifier", "key"}]}`, each key in PEM and on the curve P-256.
 *
 * @throws {Error} for any other text
 */
export function parsePublicKeys(json: string): PublicKeys {
  const { public_keys: listed } = JSON.parse(json) as { public_keys?: unknown };
  if (!Array.isArray(listed) || listed.length === 0) throw new Error('there are no public_keys');
  return new Map(
    listed.map((entry: { key_identifier?: unknown; key?: unknown } | null) => {
      const { key_identifier: name, key } = entry ?? {};
      if (typeof name !== 'string' || typeof key !== 'string') throw new Error('a key has no key_identifier or no key');
      const publicKey = createPublicKey(key);
      if (publicKey.asymmetricKeyDetails?.namedCurve !== 'prime256v1') throw new Error(`${name} is no key on P-256`);
      return [name, publicKey];
    }),
  );
}

/** The value is a source of public keys that {@link readKeySource} can parse. */
export const IsKeySource = (): PropertyDecorator => (target, property) =>
  registerDecorator({
    target: target.constructor,
    propertyName: property as string,
    options: {
      message:
        '$property must be {"public_keys": [{"key_identifier", "key"}]}, the path of a file with that JSON, or its https URL',
    },
    validator: { validate: (value: unknown) => isKeySource(String(value)) },
  });

function isKeySource(setting: string): boolean {
  try {
    readKeySource(setting);
    return true;
  } catch {
    return false;
  }
}
