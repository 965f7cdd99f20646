import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';

/** The heading of a page, which also names its tab, with the actions of the page beside it. */
export function PageTitle({ title, children }: { title: string; children?: ComponentChildren }) {
  useEffect(() => {
    document.title = `${title} · Keywright`;
  }, [title]);
  return (
    <header class="page-title">
      <h1 tabIndex={-1}>
        <bdi>{title}</bdi>
      </h1>
      {children !== undefined && <div class="actions">{children}</div>}
    </header>
  );
}
