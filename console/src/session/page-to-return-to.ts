const STORED_AS = 'keywright.page';

/** Remembers the page while its window is at the OpenID provider. */
export function rememberPage(): void {
  sessionStorage.setItem(STORED_AS, `${location.pathname.slice('/console'.length)}${location.search}`);
}

/** Returns the page that was remembered, else the first one, and forgets it. */
export function takeRememberedPage(): string {
  const page = sessionStorage.getItem(STORED_AS);
  sessionStorage.removeItem(STORED_AS);
  return page === null || page === '' ? '/' : page;
}
