import { useEffect, useState } from 'preact/hooks';
import { readSignedIn } from '../api/console-session.js';
import { sessionGate } from '../api/session-gate.js';
import { useTexts } from '../texts/texts.js';
import { Button } from '../ui/button.js';
import { Dialog } from '../ui/dialog.js';
import { whenOthersMayHaveSignedIn } from './other-windows.js';
import { ProviderLink } from './provider-link.js';
import { useSession } from './session.js';
import { SignInForm } from './sign-in-form.js';

/** Lets a person sign in again above the page whose session has ended. What waits for it goes on afterwards. */
export function SessionEndedDialog() {
  const { signIn, shell } = useTexts();
  const { account, signOut } = useSession();
  const [hasEnded, setEnded] = useState(sessionGate.hasEnded);
  useEffect(() => sessionGate.subscribe(() => setEnded(sessionGate.hasEnded)), []);
  const goOn = async (): Promise<void> => {
    // What is on the page belongs to the account that was signed in.
    if ((await readSignedIn()).id !== account.id) location.reload();
    else sessionGate.open();
  };
  useEffect(() => whenOthersMayHaveSignedIn(() => void goOn().catch(() => undefined)), []);
  if (!hasEnded) return null;
  return (
    <Dialog title={signIn.expiredTitle}>
      <p class="faint">{signIn.expiredHint}</p>
      <SignInForm username={account.username} onSignedIn={() => void goOn()} />
      <div class="row">
        <ProviderLink isBeside />
        <Button kind="quiet" onClick={() => void signOut()}>
          {shell.signOut}
        </Button>
      </div>
    </Dialog>
  );
}
