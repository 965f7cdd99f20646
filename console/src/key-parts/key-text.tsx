import type { KeyView } from '../api/sdk.js';

/** What is known of a full key: its beginning and its end. */
export function KeyText({ of: { keyPrefix, lastFour } }: { of: Pick<KeyView, 'keyPrefix' | 'lastFour'> }) {
  return (
    <code class="key-text">
      {keyPrefix}
      <span class="faint">…{lastFour ?? ''}</span>
    </code>
  );
}
