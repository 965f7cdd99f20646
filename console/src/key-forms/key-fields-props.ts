import type { KeyValues } from './key-values.js';

export interface KeyFieldsProps {
  values: KeyValues;
  /** Whether the key does not exist yet. */
  isNew: boolean;
  /** What the server has answered to the form. */
  error: unknown;
  onChange: (changes: Partial<KeyValues>) => void;
}
