import { useEffect } from 'preact/hooks';

/** Has the browser ask before the page is left or loaded again. */
export function useWarningBeforeUnload(): void {
  useEffect(() => {
    const warn = (event: BeforeUnloadEvent): void => event.preventDefault();
    addEventListener('beforeunload', warn);
    return () => removeEventListener('beforeunload', warn);
  }, []);
}
