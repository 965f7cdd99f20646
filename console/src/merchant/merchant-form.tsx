import { useState } from 'preact/hooks';
import { api } from '../api/client.js';
import { refresh } from '../api/queries.js';
import type { MerchantDetailsBody, MerchantView } from '../api/sdk.js';
import { useAction } from '../api/use-action.js';
import { useTexts } from '../texts/texts.js';
import { Button } from '../ui/button.js';
import { Failure, problemOf } from '../ui/failure.js';
import { Field } from '../ui/field.js';
import { tell } from '../ui/toasts.js';

type Detail = keyof MerchantDetailsBody;

/** The longest text of each detail. */
const LENGTHS: Record<Detail, number> = {
  tradingName: 200,
  registrationNumber: 50,
  taxNumber: 50,
  country: 2,
  website: 250,
  address: 250,
};

export const DETAILS = Object.keys(LENGTHS) as Detail[];

/** Returns what the merchant has said of a detail; empty for nothing. */
export function readDetail({ details }: MerchantView, detail: Detail): string {
  const text = details[detail];
  return typeof text === 'string' ? text : '';
}

const NAME_LENGTH = 200;

/** Returns what was typed as the server takes it, which removes a detail that is `null`. */
const detailsOf = (typed: Partial<Record<Detail, string>>): MerchantDetailsBody =>
  Object.fromEntries(Object.entries(typed).map(([detail, text]) => [detail, text === '' ? null : text]));

/** Changes the name and the details of the merchant. */
export function MerchantForm({ of: merchant }: { of: MerchantView }) {
  const { merchant: texts, common } = useTexts();
  const [name, setName] = useState<string>();
  const [typed, setTyped] = useState<Partial<Record<Detail, string>>>({});
  const hasChanges = name !== undefined || Object.keys(typed).length > 0;
  const change = useAction({
    mutationFn: () => api.merchants.updateOwn({ ...(name !== undefined && { name }), details: detailsOf(typed) }),
    onSuccess: async () => {
      await refresh();
      setName(undefined);
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
      <Field label={texts.name} problem={problemOf(change.error, 'name')}>
        {(control) => (
          <input
            {...control}
            required
            maxLength={NAME_LENGTH}
            value={name ?? merchant.name}
            onInput={(event) => setName(event.currentTarget.value)}
          />
        )}
      </Field>
      {DETAILS.map((detail) => (
        <Field
          key={detail}
          label={texts.fields[detail]}
          hint={detail === 'country' ? texts.countryHint : undefined}
          isOptional
          problem={problemOf(change.error, `details.${detail}`)}
        >
          {(control) => (
            <input
              {...control}
              inputMode={detail === 'website' ? 'url' : 'text'}
              maxLength={LENGTHS[detail]}
              value={typed[detail] ?? readDetail(merchant, detail)}
              onInput={(event) => setTyped({ ...typed, [detail]: event.currentTarget.value })}
            />
          )}
        </Field>
      ))}
      <div>
        <Button type="submit" isBusy={change.isPending} disabled={!hasChanges}>
          {common.save}
        </Button>
      </div>
    </form>
  );
}
