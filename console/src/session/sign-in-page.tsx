import { useTexts } from '../texts/texts.js';
import { Logo } from '../ui/logo.js';
import { PageTitle } from '../ui/page-title.js';
import { Preferences } from '../ui/preferences.js';
import { SignInForm } from './sign-in-form.js';

/** What people see who are not signed in, at whatever address: they arrive there afterwards. */
export function SignInPage({ onSignedIn }: { onSignedIn: () => void }) {
  const { signIn, shell } = useTexts();
  return (
    <main class="sign-in">
      <p class="brand">
        <Logo /> Keywright
      </p>
      <div class="card">
        <PageTitle title={signIn.title} />
        <SignInForm onSignedIn={onSignedIn} />
      </div>
      <footer class="row">
        <Preferences />
        <a href="/docs">{shell.documentation}</a>
      </footer>
    </main>
  );
}
