/** The configuration, or what it names, cannot be used; the message lists every problem. */
export class ConfigError extends Error {}
