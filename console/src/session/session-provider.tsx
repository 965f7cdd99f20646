import { useQuery } from '@tanstack/preact-query';
import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { useLocation, useRoute } from 'wouter-preact';
import { accountOf, consoleSession, readConsoleSession } from '../api/console-session.js';
import { queries } from '../api/queries.js';
import { KeywrightError } from '../api/sdk.js';
import { isSessionOver, sessionGate } from '../api/session-gate.js';
import { Splash } from '../ui/splash.js';
import { useTexts } from '../texts/texts.js';
import { Button } from '../ui/button.js';
import { Failure } from '../ui/failure.js';
import { tellOtherWindows } from './other-windows.js';
import { PROVIDER } from './provider-link.js';
import { ProviderSignInPage } from './provider-sign-in-page.js';
import { levelOf, SessionContext } from './session.js';
import { SessionEndedDialog } from './session-ended-dialog.js';
import { SignInPage } from './sign-in-page.js';

async function enter() {
  const session = await readConsoleSession();
  // The sign-in need not ask for it.
  queries.setQueryData(PROVIDER, session.providerName);
  const account = accountOf(session);
  sessionGate.open();
  tellOtherWindows();
  return account;
}

/** Who is signed in. */
const ME = { queryKey: ['me'], queryFn: enter, staleTime: Infinity, retryOnMount: false };

/** Asks who is signed in before anything is drawn, unless a sign-in with the provider comes first. */
export function askWhoIsSignedIn(): void {
  if (location.pathname !== '/console/oidc') queries.query(ME).catch(() => undefined);
}

async function signOut(): Promise<void> {
  await consoleSession.closeSession().catch((error: unknown) => {
    if (!isSessionOver(error)) throw error;
  });
  sessionGate.close();
  // Nothing of what one person has seen stays for the next.
  queries.clear();
  location.assign('/console/');
}

const isForLackOfFactor = (error: unknown): boolean =>
  error instanceof KeywrightError && error.code === 'access.second_factor_lacking';

/** Leads a person who must have a second factor, and has none, to where it is set up: every other page would be refused. */
function useWayToSecondFactor(): void {
  const [, navigate] = useLocation();
  useEffect(
    () =>
      queries.getQueryCache().subscribe((event) => {
        if (event.type === 'updated' && event.action.type === 'error' && isForLackOfFactor(event.action.error))
          navigate('/settings', { replace: true });
      }),
    [],
  );
}

/** Shows its children to a person who is signed in, and the sign-in to others. */
export function SessionProvider({ children }: { children: ComponentChildren }) {
  const [isBackFromProvider] = useRoute('/oidc');
  return isBackFromProvider ? <ProviderSignInPage /> : <OwnSession>{children}</OwnSession>;
}

function OwnSession({ children }: { children: ComponentChildren }) {
  const { common } = useTexts();
  useWayToSecondFactor();
  const me = useQuery(ME);
  if (me.isPending) return <Splash />;
  if (me.data === undefined)
    return isSessionOver(me.error) ? (
      <SignInPage onSignedIn={() => void me.refetch()} />
    ) : (
      <main class="sign-in">
        <Failure error={me.error} />
        <Button onClick={() => void me.refetch()}>{common.tryAgain}</Button>
      </main>
    );
  const session = { account: me.data, level: levelOf(me.data), signOut };
  return (
    <SessionContext.Provider value={session}>
      {children}
      <SessionEndedDialog />
    </SessionContext.Provider>
  );
}
