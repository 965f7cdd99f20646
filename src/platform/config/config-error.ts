/** The configuration, or what it names, cannot be used; the message lists every problem. */
export class ConfigError extends Error {}

/** Refuses the start for one problem, or for several, each in a line of its own. */
export const refusedStart = (problems: string[]): ConfigError =>
  new ConfigError(
    problems.length === 1
      ? `Keywright cannot start: ${problems[0]}`
      : `Keywright cannot start:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`,
  );
