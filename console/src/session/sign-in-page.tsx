import { ProviderLink } from './provider-link.js';
import { SignInForm } from './sign-in-form.js';
import { SignInFrame } from './sign-in-frame.js';

/** What people see who are not signed in, at whatever address: they arrive there afterwards. */
export function SignInPage({ onSignedIn }: { onSignedIn: () => void }) {
  return (
    <SignInFrame>
      <div class="stack">
        <SignInForm onSignedIn={onSignedIn} />
        <ProviderLink />
      </div>
    </SignInFrame>
  );
}
