import { useLocation, useSearch } from 'wouter-preact';

/** The address of the page, which the style sheet writes on paper. */
export function PageAddress() {
  // It changes with either of them.
  useLocation();
  useSearch();
  return <p class="page-address" data-address={location.href} />;
}
