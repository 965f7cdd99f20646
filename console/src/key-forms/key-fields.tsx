import { useApplications } from '../applications/use-applications.js';
import { useTexts } from '../texts/texts.js';
import { problemOf } from '../ui/failure.js';
import { Field } from '../ui/field.js';
import { Select } from '../ui/select.js';
import { useFirstFocus } from '../ui/use-first-focus.js';
import { ExpiryField } from './expiry-field.js';
import type { KeyFieldsProps } from './key-fields-props.js';
import { LevelField } from './level-field.js';
import { LimitFields } from './limit-fields.js';
import { parseMetadata } from './key-values.js';

/** The fields of a key: first what every key needs, then what some need. */
export function KeyFields(props: KeyFieldsProps) {
  const { form } = useTexts();
  const first = useFirstFocus<HTMLInputElement>();
  const { values, isNew, error, onChange } = props;
  const hasLimits = values.rateLimits.length > 0 || values.quotaLimit !== '';
  return (
    <>
      <Field label={form.description} hint={form.descriptionHint} problem={problemOf(error, 'description')}>
        {(control) => (
          <input
            {...control}
            required
            maxLength={50}
            ref={first}
            value={values.description}
            onInput={(event) => onChange({ description: event.currentTarget.value })}
          />
        )}
      </Field>
      {isNew && <PlaceFields {...props} />}
      <LevelField value={values.level} error={error} onChange={(level) => onChange({ level })} />
      <Field label={form.scopes} isOptional hint={form.scopesHint} problem={problemOf(error, 'scopes')}>
        {(control) => (
          <textarea
            {...control}
            rows={3}
            class="mono"
            spellcheck={false}
            value={values.scopes}
            onInput={(event) => onChange({ scopes: event.currentTarget.value })}
          />
        )}
      </Field>
      <ExpiryField
        expiry={values.expiry}
        expiryDate={values.expiryDate}
        first={isNew ? 'default' : 'unchanged'}
        error={error}
        onChange={onChange}
      />
      <details open={hasLimits}>
        <summary>{form.limits}</summary>
        <div class="stack">
          <LimitFields {...props} />
        </div>
      </details>
      <details open={values.allowedIps !== '' || values.externalId !== '' || values.metadata !== ''}>
        <summary>{form.restrictions}</summary>
        <div class="stack">
          <OwnDataFields {...props} />
        </div>
      </details>
    </>
  );
}

function PlaceFields({ values, onChange }: KeyFieldsProps) {
  const { form, keys } = useTexts();
  const { data = [] } = useApplications();
  const applications = data.map(({ id, name }): [string, string] => [id, name]);
  return (
    <div class="pair">
      <Field label={form.application}>
        {(control) => (
          <Select
            {...control}
            value={values.applicationId}
            options={[['', form.noApplication], ...applications]}
            onChange={(applicationId) => onChange({ applicationId })}
          />
        )}
      </Field>
      {values.applicationId === '' && (
        <Field label={form.environment}>
          {(control) => (
            <Select
              {...control}
              value={values.environment}
              options={Object.entries(keys.environments)}
              onChange={(value) => onChange({ environment: value as 'live' | 'test' })}
            />
          )}
        </Field>
      )}
    </div>
  );
}

function OwnDataFields({ values, error, onChange }: KeyFieldsProps) {
  const { form } = useTexts();
  const isMetadataWrong = parseMetadata(values.metadata) === undefined;
  return (
    <>
      <Field label={form.allowedIps} isOptional hint={form.allowedIpsHint} problem={problemOf(error, 'allowedIps')}>
        {(control) => (
          <textarea
            {...control}
            rows={2}
            class="mono"
            spellcheck={false}
            value={values.allowedIps}
            onInput={(event) => onChange({ allowedIps: event.currentTarget.value })}
          />
        )}
      </Field>
      <Field label={form.externalId} isOptional hint={form.externalIdHint} problem={problemOf(error, 'externalId')}>
        {(control) => (
          <input
            {...control}
            maxLength={255}
            value={values.externalId}
            onInput={(event) => onChange({ externalId: event.currentTarget.value })}
          />
        )}
      </Field>
      <Field
        label={form.metadata}
        isOptional
        hint={form.metadataHint}
        problem={isMetadataWrong ? form.metadataInvalid : problemOf(error, 'metadata')}
      >
        {(control) => (
          <textarea
            {...control}
            rows={3}
            class="mono"
            spellcheck={false}
            value={values.metadata}
            onInput={(event) => onChange({ metadata: event.currentTarget.value })}
          />
        )}
      </Field>
      <label class="check">
        <input
          type="checkbox"
          checked={values.selfRotate}
          onChange={(event) => onChange({ selfRotate: event.currentTarget.checked })}
        />
        {form.selfRotate}
      </label>
    </>
  );
}
