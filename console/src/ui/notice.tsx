import type { ComponentChildren } from 'preact';
import type { Tone } from './badge.js';

export function Notice({ tone = 'quiet', children }: { tone?: Tone; children: ComponentChildren }) {
  return (
    <div class={`notice ${tone}`} role="status">
      {children}
    </div>
  );
}
