import { useQuery } from '@tanstack/preact-query';
import { useState } from 'preact/hooks';
import { api } from '../api/client.js';
import { refresh } from '../api/queries.js';
import type { ExposurePolicyView } from '../api/sdk.js';
import { useAction } from '../api/use-action.js';
import { LEVELS, useMay } from '../session/session.js';
import { useTexts } from '../texts/texts.js';
import { Button } from '../ui/button.js';
import { Card } from '../ui/card.js';
import { Facts } from '../ui/facts.js';
import { Failure, problemOf } from '../ui/failure.js';
import { Field } from '../ui/field.js';
import { Select } from '../ui/select.js';
import { tell } from '../ui/toasts.js';

type Source = keyof ExposurePolicyView;

/** Where a key can be found, and how the server can react to that, from the mildest reaction to the strictest. */
const REACTIONS: { [S in Source]: ExposurePolicyView[S][] } = {
  reported: ['notify', 'disable', 'revoke'],
  inQuery: ['off', 'notify', 'disable', 'revoke'],
  overHttp: ['off', 'notify', 'disable', 'revoke'],
};

const SOURCES = Object.keys(REACTIONS) as Source[];

/** The policy for keys that others may know. */
export function ExposureCard() {
  const { policies: texts } = useTexts();
  const mayWrite = useMay(LEVELS.writeOwn);
  const { error, data } = useQuery({ queryKey: ['policies', 'exposure'], queryFn: () => api.exposures.readPolicy() });
  return (
    <Card title={texts.exposure}>
      <Failure error={error} />
      {data !== undefined && (mayWrite ? <ExposureForm of={data} /> : <ExposureFacts of={data} />)}
    </Card>
  );
}

function ExposureFacts({ of: policy }: { of: ExposurePolicyView }) {
  const { policies: texts } = useTexts();
  return <Facts facts={SOURCES.map((source) => [texts.sources[source], texts.reactions[policy[source]]] as const)} />;
}

function ExposureForm({ of: policy }: { of: ExposurePolicyView }) {
  const { policies: texts, common } = useTexts();
  const [changes, setChanges] = useState<Partial<ExposurePolicyView>>({});
  const change = useAction({
    mutationFn: () => api.exposures.updatePolicy(changes),
    onSuccess: async () => {
      await refresh();
      setChanges({});
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
      {SOURCES.map((source) => (
        <Field
          key={source}
          label={texts.sources[source]}
          hint={texts.sourceHints[source]}
          problem={problemOf(change.error, source)}
        >
          {(control) => (
            <Select
              {...control}
              value={changes[source] ?? policy[source]}
              options={REACTIONS[source].map((reaction) => [reaction, texts.reactions[reaction]])}
              onChange={(reaction) => setChanges({ ...changes, [source]: reaction })}
            />
          )}
        </Field>
      ))}
      <div>
        <Button type="submit" isBusy={change.isPending} disabled={Object.keys(changes).length === 0}>
          {common.save}
        </Button>
      </div>
    </form>
  );
}
