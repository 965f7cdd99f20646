import { useEffect, useState } from 'preact/hooks';
import { useTexts } from '../texts/texts.js';
import { Button } from './button.js';

interface Toast {
  text: string;
  /** Takes back what the text tells of. */
  undo?: (() => void) | undefined;
}

let show: (toast: Toast) => void = () => undefined;

/** Says at the edge of the page what has been done, for some seconds. */
export const tell = (text: string, undo?: () => void): void => show({ text, undo });

const SHOWN_MS = 8_000;

/** Where `tell` shows its texts, the latest one at a time. */
export function Toasts() {
  const { common } = useTexts();
  const [toast, setToast] = useState<Toast | null>(null);
  show = setToast;
  useEffect(() => {
    if (toast === null) return;
    const timer = setTimeout(() => setToast(null), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [toast]);
  const undo = (): void => {
    toast?.undo?.();
    setToast(null);
  };
  return (
    <div class="toasts" role="status">
      {toast !== null && (
        <div class="toast">
          <bdi>{toast.text}</bdi>
          {toast.undo !== undefined && <Button onClick={undo}>{common.undo}</Button>}
        </div>
      )}
    </div>
  );
}
