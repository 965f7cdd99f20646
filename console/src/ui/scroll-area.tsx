import type { ComponentChildren } from 'preact';

/** A table that is wider than the page scrolls by itself, also by keyboard. */
export function ScrollArea({ label, children }: { label: string; children: ComponentChildren }) {
  return (
    <div class="scroll" role="region" aria-label={label} tabIndex={0}>
      {children}
    </div>
  );
}
