import { useEffect, useState } from 'preact/hooks';
import { useTexts } from '../texts/texts.js';
import { Button } from './button.js';

/** Copies a text to the clipboard, and says so for a moment. */
export function CopyButton({ text, label }: { text: string; label?: string }) {
  const { common } = useTexts();
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return;
    const timer = setTimeout(() => setCopied(false), 2_000);
    return () => clearTimeout(timer);
  }, [isCopied]);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
  };
  return (
    <Button class="small" onClick={() => void copy()}>
      <span aria-live="polite">{isCopied ? common.copied : common.copy}</span>
      {label !== undefined && <span class="unseen"> {label}</span>}
    </Button>
  );
}
