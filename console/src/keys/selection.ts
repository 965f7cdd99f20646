import { useState } from 'preact/hooks';
import type { KeyFilter } from '../api/sdk.js';

/** Keys to change together: some that were picked, or all that the filter means, also those on other pages. */
export type Selection = { ids: string[] } | { filter: KeyFilter };

export interface Selecting {
  picked: ReadonlySet<string>;
  isAllMatching: boolean;
  toggle: (ids: string[], isPicked: boolean) => void;
  pickMatching: () => void;
  clear: () => void;
}

/** What is selected in a list. It lasts from part to part of the list, and ends when the filter changes. */
export function useSelecting(filter: KeyFilter): Selecting {
  const about = JSON.stringify(filter);
  const nothing = { about, picked: new Set<string>(), isAllMatching: false };
  const [state, setState] = useState(nothing);
  const { picked, isAllMatching } = state.about === about ? state : nothing;
  return {
    picked,
    isAllMatching,
    toggle: (ids, isPicked) => {
      const changed = new Set(picked);
      for (const id of ids)
        if (isPicked) changed.add(id);
        else changed.delete(id);
      setState({ about, picked: changed, isAllMatching: false });
    },
    pickMatching: () => setState({ about, picked, isAllMatching: true }),
    clear: () => setState(nothing),
  };
}
