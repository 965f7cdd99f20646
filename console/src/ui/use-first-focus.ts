import { useEffect, useRef } from 'preact/hooks';

/** A reference for the control that a person goes on with: it has the focus as soon as it is there. */
export function useFirstFocus<T extends HTMLElement>() {
  const control = useRef<T>(null);
  useEffect(() => control.current?.focus(), []);
  return control;
}
