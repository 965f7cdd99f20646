import { useEffect, useState } from 'preact/hooks';
import { useLocation } from 'wouter-preact';
import { consoleSession, ONCE } from '../api/console-session.js';
import { KeywrightError, type SecondFactorChallenge } from '../api/sdk.js';
import { useAction } from '../api/use-action.js';
import { useTexts } from '../texts/texts.js';
import { Button } from '../ui/button.js';
import { Failure } from '../ui/failure.js';
import { takeRememberedPage } from './page-to-return-to.js';
import { SecondFactorForm } from './second-factor-form.js';
import { SignInFrame } from './sign-in-frame.js';

/** Where the OpenID provider sends the browser back to: completes the sign-in, and goes on to the page that the person came for. */
export function ProviderSignInPage() {
  const { signIn } = useTexts();
  const [, navigate] = useLocation();
  const [challenge, setChallenge] = useState<SecondFactorChallenge | null>(null);
  const goOn = (): void => navigate(takeRememberedPage(), { replace: true });
  const completion = useAction({
    mutationFn: async () => consoleSession.openSessionByProvider({ query: location.search.slice(1) }, ONCE),
    onSuccess: goOn,
    onError: (error) => {
      if (error instanceof KeywrightError && error.secondFactor) setChallenge(error.secondFactor);
    },
  });
  useEffect(() => completion.mutate(), []);
  if (challenge !== null)
    return (
      <SignInFrame>
        <SecondFactorForm challenge={challenge} onSignedIn={goOn} onStartOver={goOn} />
      </SignInFrame>
    );
  return (
    <SignInFrame>
      {completion.isError ? (
        <div class="stack">
          <Failure error={completion.error} />
          <Button kind="primary" onClick={goOn}>
            {signIn.startOver}
          </Button>
        </div>
      ) : (
        <p class="faint">{signIn.completing}</p>
      )}
    </SignInFrame>
  );
}
