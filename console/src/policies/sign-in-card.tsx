import { useQuery } from '@tanstack/preact-query';
import { useState } from 'preact/hooks';
import { api } from '../api/client.js';
import { refresh } from '../api/queries.js';
import type { SignInPolicyView } from '../api/sdk.js';
import { useAction } from '../api/use-action.js';
import { LEVELS, useMay } from '../session/session.js';
import { useTexts } from '../texts/texts.js';
import { Button } from '../ui/button.js';
import { Card } from '../ui/card.js';
import { Facts } from '../ui/facts.js';
import { Failure } from '../ui/failure.js';
import { tell } from '../ui/toasts.js';

/** The policy for how members sign in. */
export function SignInCard() {
  const { policies: texts, common } = useTexts();
  const mayWrite = useMay(LEVELS.writeOwn);
  const { error, data } = useQuery({
    queryKey: ['policies', 'sign-in'],
    queryFn: () => api.merchants.readSignInPolicy(),
  });
  return (
    <Card title={texts.signIn}>
      <Failure error={error} />
      {data !== undefined &&
        (mayWrite ? (
          <SignInForm of={data} />
        ) : (
          <Facts facts={[[texts.requireSecondFactor, data.requireSecondFactor ? common.yes : common.no]]} />
        ))}
    </Card>
  );
}

function SignInForm({ of: policy }: { of: SignInPolicyView }) {
  const { policies: texts, common } = useTexts();
  const [isRequired, setRequired] = useState(policy.requireSecondFactor);
  const change = useAction({
    mutationFn: () => api.merchants.updateSignInPolicy({ requireSecondFactor: isRequired }),
    onSuccess: async () => {
      await refresh();
      tell(texts.saved);
    },
  });
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        change.mutate();
      }}
    >
      <Failure error={change.error} />
      <label class="check">
        <input
          type="checkbox"
          checked={isRequired}
          aria-describedby="second-factor-hint"
          onChange={(event) => setRequired(event.currentTarget.checked)}
        />
        {texts.requireSecondFactor}
      </label>
      <p class="hint" id="second-factor-hint">
        {texts.requireSecondFactorHint}
      </p>
      <div>
        <Button type="submit" isBusy={change.isPending} disabled={isRequired === policy.requireSecondFactor}>
          {common.save}
        </Button>
      </div>
    </form>
  );
}
