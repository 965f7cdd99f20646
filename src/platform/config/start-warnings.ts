import { weakSecrets, type Config } from './config.js';

/** What is wrong with a configuration that the server starts with nevertheless, a line each. */
export const startWarnings = (config: Config): string[] => [
  // In production, these stop the start.
  ...weakSecrets(config),
  ...(config.isProduction && config.SMTP_URL === undefined
    ? [
        'SMTP_URL is not set: no mails are sent, and what needs one (/signup, /recover, a new e-mail address) is refused with 503.',
      ]
    : []),
];
