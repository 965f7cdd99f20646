import type { ComponentChildren } from 'preact';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import { useTexts } from '../texts/texts.js';
import { classes } from './classes.js';

interface DialogProps {
  title: string;
  /** Called when the person asks to close it, by Escape or by the cross. Without it, only what is inside closes it. */
  onClose?: (() => void) | undefined;
  isWide?: boolean;
  children: ComponentChildren;
}

/** A modal dialog for as long as it is rendered. A click beside it does not close it: what was typed would be lost. */
export function Dialog({ title, onClose, isWide = false, children }: DialogProps) {
  const { common } = useTexts();
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  // Before the effects of its contents, one of which may move the focus.
  useLayoutEffect(() => {
    const opener = document.activeElement;
    const element = dialog.current;
    element?.showModal();
    return () => {
      // As long as it is open, nothing beside it can have the focus.
      element?.close();
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
    };
  }, []);
  const onCancel = (event: Event): void => {
    // It leaves the page only by no longer being rendered.
    event.preventDefault();
    onClose?.();
  };
  // A second Escape closes a dialog although the first was refused, so it must not reach the dialog.
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') onCancel(event);
  };
  return (
    <dialog
      ref={dialog}
      class={classes('dialog', isWide && 'wide')}
      aria-labelledby={titleId}
      onCancel={onCancel}
      onKeyDown={onKeyDown}
    >
      <header>
        <h2 id={titleId}>{title}</h2>
        {onClose !== undefined && (
          <button type="button" class="cross" aria-label={common.close} onClick={onClose}>
            ×
          </button>
        )}
      </header>
      {children}
    </dialog>
  );
}
