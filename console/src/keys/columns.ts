import { useState } from 'preact/hooks';

/** The columns that can be hidden. The description, the key and its status are always there. */
export const COLUMNS = ['application', 'scopes', 'level', 'createdAt', 'usage', 'lastUsedAt', 'expiresAt'] as const;

export type Column = (typeof COLUMNS)[number];

const STORED_AS = 'keywright.columns';
const DEFAULT: Column[] = ['application', 'usage', 'lastUsedAt', 'expiresAt'];

function read(): Column[] {
  const stored = localStorage.getItem(STORED_AS)?.split(',');
  return stored === undefined ? DEFAULT : COLUMNS.filter((column) => stored.includes(column));
}

/** The columns that this browser shows, and a function that shows or hides one. */
export function useColumns(): [Column[], (column: Column) => void] {
  const [columns, setColumns] = useState(read);
  const toggle = (column: Column): void => {
    const isShown = columns.includes(column);
    const changed = COLUMNS.filter((one) => (one === column ? !isShown : columns.includes(one)));
    localStorage.setItem(STORED_AS, changed.join());
    setColumns(changed);
  };
  return [columns, toggle];
}
