import { useQuery } from '@tanstack/preact-query';
import { useState } from 'preact/hooks';
import { Link } from 'wouter-preact';
import { api } from '../api/client.js';
import { refresh } from '../api/queries.js';
import type { KeyPolicyView, UpdateKeyPolicyBody } from '../api/sdk.js';
import { useAction } from '../api/use-action.js';
import { LEVELS, useMay } from '../session/session.js';
import { useTexts } from '../texts/texts.js';
import { Button } from '../ui/button.js';
import { Card } from '../ui/card.js';
import { Facts } from '../ui/facts.js';
import { Failure, problemOf } from '../ui/failure.js';
import { Field } from '../ui/field.js';
import { tell } from '../ui/toasts.js';

/** Lifetimes that the policy sets. */
const LIVES = ['maxLifeSeconds', 'defaultLifeSeconds'] as const;

type Life = (typeof LIVES)[number];

const DAY_SECONDS = 86_400;
const MAX_DAYS = 3650;

/** Lifetimes are shown and typed in days, with fractions for those that a program has set. */
const daysOf = (seconds: number): number => Number((seconds / DAY_SECONDS).toFixed(4));

/** Whether there are, or may be, keys that live longer than the policy allows. */
const mayExceed = ({ exceedingKeys, maxLifeSeconds, expiryRequired }: KeyPolicyView): boolean =>
  exceedingKeys !== 0 && (maxLifeSeconds !== null || expiryRequired);

/** The policy for how long keys live. */
export function KeyLifeCard() {
  const { policies: texts } = useTexts();
  const mayWrite = useMay(LEVELS.writeOwn);
  const { error, data } = useQuery({
    queryKey: ['policies', 'key life'],
    queryFn: () => api.merchants.readKeyPolicy(),
  });
  return (
    <Card title={texts.life}>
      <Failure error={error} />
      {data !== undefined && (mayWrite ? <KeyLifeForm of={data} /> : <KeyLifeFacts of={data} />)}
      {data !== undefined && mayExceed(data) && (
        <p>
          <Link href="/keys?exceedsPolicy=true">{texts.exceeding(data.exceedingKeys)}</Link>
        </p>
      )}
    </Card>
  );
}

/** The policy that is in force: the stricter of the merchant's and the operator's. */
function KeyLifeFacts({ of: policy }: { of: KeyPolicyView }) {
  const { policies: texts, common } = useTexts();
  const lives = LIVES.map((life) => {
    const seconds = policy[life];
    return [texts.lives[life], seconds === null ? texts.noLife[life] : texts.lifeDays(daysOf(seconds))] as const;
  });
  return <Facts facts={[...lives, [texts.expiryRequired, policy.expiryRequired ? common.yes : common.no]]} />;
}

/** What is typed: days, or nothing to leave it to the operator. */
type Typed = Partial<Record<Life, string>> & { expiryRequired?: boolean };

function bodyOf({ expiryRequired, ...lives }: Typed): UpdateKeyPolicyBody {
  const entries = Object.entries(lives).map(
    ([life, days]) => [life, days === '' ? null : Math.round(Number(days) * DAY_SECONDS)] as const,
  );
  return { ...Object.fromEntries(entries), ...(expiryRequired !== undefined && { expiryRequired }) };
}

function KeyLifeForm({ of: { own, operator } }: { of: KeyPolicyView }) {
  const { policies: texts, common } = useTexts();
  const [typed, setTyped] = useState<Typed>({});
  const change = useAction({
    mutationFn: () => api.merchants.updateKeyPolicy(bodyOf(typed)),
    onSuccess: async () => {
      await refresh();
      setTyped({});
      tell(texts.saved);
    },
  });
  const hintOf = (life: Life): string => {
    const seconds = operator[life];
    const byOperator = seconds === null ? texts.noLife[life] : texts.lifeDays(daysOf(seconds));
    return `${texts.lifeHints[life]} ${texts.emptyMeans(byOperator)}`;
  };
  const valueOf = (life: Life): number | string => {
    const seconds = own[life];
    return typed[life] ?? (seconds === null ? '' : daysOf(seconds));
  };
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        change.mutate();
      }}
    >
      <Failure error={change.error} />
      <p class="hint">{texts.lifeHint}</p>
      {LIVES.map((life) => (
        <Field key={life} label={texts.livesInDays[life]} hint={hintOf(life)} problem={problemOf(change.error, life)}>
          {(control) => (
            <input
              {...control}
              type="number"
              class="short"
              min="0"
              max={MAX_DAYS}
              step="any"
              value={valueOf(life)}
              onInput={(event) => setTyped({ ...typed, [life]: event.currentTarget.value })}
            />
          )}
        </Field>
      ))}
      <label class="check">
        <input
          type="checkbox"
          checked={operator.expiryRequired || (typed.expiryRequired ?? own.expiryRequired)}
          disabled={operator.expiryRequired}
          onChange={(event) => setTyped({ ...typed, expiryRequired: event.currentTarget.checked })}
        />
        {texts.expiryRequired}
      </label>
      <div>
        <Button type="submit" isBusy={change.isPending} disabled={Object.keys(typed).length === 0}>
          {common.save}
        </Button>
      </div>
    </form>
  );
}
