import { Logo } from './logo.js';

/** What is shown until it is known who is signed in, as `index.html` has it from the beginning. */
export function Splash() {
  return (
    <main class="sign-in">
      <p class="brand">
        <Logo /> Keywright
      </p>
    </main>
  );
}
