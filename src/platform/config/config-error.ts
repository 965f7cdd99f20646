/** The configuration, or what it names, cannot be used; the message lists every problem. */
export class ConfigError extends Error {}

/** Refuses the start for these problems, one in a line. */
export const refusedStart = (problems: string[]): ConfigError =>
  new ConfigError(`Keywright cannot start:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
