/** The windows of this browser that show the console. */
const windows = new BroadcastChannel('keywright.session');

/** Has the other windows look who is signed in, because that may have changed here. */
export const tellOtherWindows = (): void => windows.postMessage('look');

/**
 * Calls back when another window may have changed who is signed in: it says so, unless this one was frozen meanwhile, and then gets the focus.
 *
 * @returns a function that ends that
 */
export function whenOthersMayHaveSignedIn(look: () => void): () => void {
  windows.addEventListener('message', look);
  addEventListener('focus', look);
  return () => {
    windows.removeEventListener('message', look);
    removeEventListener('focus', look);
  };
}
