import type { ComponentChildren } from 'preact';

/** What takes the place of an empty list: why it is empty, and the one thing to do next. */
export function Empty({ title, hint, children }: { title: string; hint: string; children?: ComponentChildren }) {
  return (
    <div class="empty">
      <p class="title">{title}</p>
      <p class="faint">{hint}</p>
      {children}
    </div>
  );
}
