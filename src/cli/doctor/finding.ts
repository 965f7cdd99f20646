/** How a part is: `problem` when a server does not start or work, `warning` when something will be missed. */
export type Verdict = 'ok' | 'warning' | 'problem';

/** What a check has found, in a line. */
export interface Finding {
  /** What was looked at. */
  name: string;
  verdict: Verdict;
  /** How it is, or what is wrong and what to do about it. */
  message: string;
}

/** Looks at one part. */
export interface Check {
  name: string;
  look: () => Promise<Omit<Finding, 'name'>[]>;
}

export const ok = (message: string) => ({ verdict: 'ok' as const, message });
export const warning = (message: string) => ({ verdict: 'warning' as const, message });
export const problem = (message: string) => ({ verdict: 'problem' as const, message });
