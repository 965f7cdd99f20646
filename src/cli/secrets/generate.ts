import { generateSecrets } from '../../platform/config/generated-secrets.js';
import { print, type OutputOptions } from '../shell/output.js';

/** Prints new values for the settings that hold secrets, as an environment file holds them. It stores nothing. */
export function printNewSecrets(options: OutputOptions): void {
  const secrets = generateSecrets();
  print(secrets, options, () =>
    Object.entries(secrets)
      .map(([name, value]) => `${name}=${value}`)
      .join('\n'),
  );
}
