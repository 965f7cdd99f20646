import { createHash } from 'node:crypto';

/** As good as random, and the same in every run. */
const secret = (name: string): string => createHash('sha256').update(name).digest('hex');

/** Secrets that production accepts. */
export const SECRETS = {
  JWT_SECRET: secret('tokens'),
  KEY_PEPPERS: secret('keys'),
  ENCRYPTION_KEYS: secret('encryption'),
};

/** Everything that production requires. */
export const PRODUCTION = { NODE_ENV: 'production', PUBLIC_URL: 'https://keys.example', ...SECRETS };
