import { useEffect, useRef, useState } from 'preact/hooks';

const SEARCH_DELAY_MS = 300;

interface SearchFieldProps {
  label: string;
  /** What can be searched for. */
  hint: string;
  value: string;
  onChange: (text: string) => void;
}

/** Searches when nothing has been typed for a moment. */
export function SearchField({ label, hint, value, onChange }: SearchFieldProps) {
  const [text, setText] = useState(value);
  const sent = useRef(value);
  useEffect(() => {
    // The address has changed by something else, such as a step back.
    if (value === sent.current) return;
    sent.current = value;
    setText(value);
  }, [value]);
  useEffect(() => {
    if (text === sent.current) return;
    const timer = setTimeout(() => {
      sent.current = text;
      onChange(text);
    }, SEARCH_DELAY_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <input
      type="search"
      class="grow"
      aria-label={label}
      placeholder={hint}
      value={text}
      maxLength={100}
      onInput={(event) => setText(event.currentTarget.value)}
    />
  );
}
