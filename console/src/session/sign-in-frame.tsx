import type { ComponentChildren } from 'preact';
import { useTexts } from '../texts/texts.js';
import { Logo } from '../ui/logo.js';
import { PageTitle } from '../ui/page-title.js';
import { Preferences } from '../ui/preferences.js';

/** What surrounds the steps of a sign-in. */
export function SignInFrame({ children }: { children: ComponentChildren }) {
  const { signIn, shell } = useTexts();
  return (
    <main class="sign-in">
      <p class="brand">
        <Logo /> Keywright
      </p>
      <div class="card">
        <PageTitle title={signIn.title} />
        {children}
      </div>
      <footer class="row">
        <Preferences />
        <a href="/docs">{shell.documentation}</a>
      </footer>
    </main>
  );
}
