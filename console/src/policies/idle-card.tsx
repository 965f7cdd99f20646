import { useQuery } from '@tanstack/preact-query';
import { useState } from 'preact/hooks';
import { api } from '../api/client.js';
import { refresh } from '../api/queries.js';
import type { IdlePolicyView } from '../api/sdk.js';
import { useAction } from '../api/use-action.js';
import { LEVELS, useMay } from '../session/session.js';
import { useTexts } from '../texts/texts.js';
import { Button } from '../ui/button.js';
import { Card } from '../ui/card.js';
import { Facts } from '../ui/facts.js';
import { Failure, problemOf } from '../ui/failure.js';
import { Field } from '../ui/field.js';
import { tell } from '../ui/toasts.js';

/** What happens to a key that is not used, in the order in which it happens. */
const STEPS = ['idleAfterDays', 'disableAfterDays', 'deleteAfterDays'] as const;

const MAX_DAYS = 3650;

/** The policy for keys that are not used. */
export function IdleCard() {
  const { policies: texts } = useTexts();
  const mayWrite = useMay(LEVELS.writeOwn);
  const { error, data } = useQuery({ queryKey: ['policies', 'idle'], queryFn: () => api.merchants.readIdlePolicy() });
  return (
    <Card title={texts.idle}>
      <Failure error={error} />
      {data !== undefined && (mayWrite ? <IdleForm of={data} /> : <IdleFacts of={data} />)}
    </Card>
  );
}

function IdleFacts({ of: policy }: { of: IdlePolicyView }) {
  const { policies: texts, common } = useTexts();
  return (
    <Facts
      facts={STEPS.map(
        (step) => [texts.steps[step], policy[step] === 0 ? common.never : texts.days(policy[step])] as const,
      )}
    />
  );
}

function IdleForm({ of: policy }: { of: IdlePolicyView }) {
  const { policies: texts, common } = useTexts();
  const [typed, setTyped] = useState<Partial<Record<keyof IdlePolicyView, string>>>({});
  const change = useAction({
    mutationFn: () =>
      api.merchants.updateIdlePolicy(
        Object.fromEntries(Object.entries(typed).map(([step, days]) => [step, Number(days)])),
      ),
    onSuccess: async () => {
      await refresh();
      setTyped({});
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
      <p class="hint">{texts.idleHint}</p>
      {STEPS.map((step) => (
        <Field key={step} label={texts.stepsAfter[step]} problem={problemOf(change.error, step)}>
          {(control) => (
            <input
              {...control}
              type="number"
              class="short"
              min="0"
              max={MAX_DAYS}
              required
              value={typed[step] ?? policy[step]}
              onInput={(event) => setTyped({ ...typed, [step]: event.currentTarget.value })}
            />
          )}
        </Field>
      ))}
      <div>
        <Button type="submit" isBusy={change.isPending} disabled={Object.keys(typed).length === 0}>
          {common.save}
        </Button>
      </div>
    </form>
  );
}
