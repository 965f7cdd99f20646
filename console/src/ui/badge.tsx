import type { ComponentChildren } from 'preact';

export type Tone = 'good' | 'bad' | 'warning' | 'quiet';

/** A word about the state of something. The word says all: its colour only helps to find it. */
export function Badge({ tone = 'quiet', children }: { tone?: Tone; children: ComponentChildren }) {
  return <span class={`badge ${tone}`}>{children}</span>;
}
