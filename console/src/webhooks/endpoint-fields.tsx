import { useApplications } from '../applications/use-applications.js';
import { useTexts } from '../texts/texts.js';
import { problemOf } from '../ui/failure.js';
import { Field } from '../ui/field.js';
import { Select } from '../ui/select.js';
import { useFirstFocus } from '../ui/use-first-focus.js';
import { EventFields } from './event-fields.js';

/** What is typed into the form of an endpoint. */
export interface EndpointValues {
  url: string;
  events: string[];
  description: string;
  /** Empty for the events of the whole merchant. */
  applicationId: string;
}

interface EndpointFieldsProps {
  values: EndpointValues;
  isNew: boolean;
  error: unknown;
  onChange: (changes: Partial<EndpointValues>) => void;
}

export function EndpointFields({ values, isNew, error, onChange }: EndpointFieldsProps) {
  const { webhooks: texts } = useTexts();
  const first = useFirstFocus<HTMLInputElement>();
  const noEvents = values.events.length === 0 ? texts.chooseEvents : undefined;
  return (
    <>
      <Field label={texts.url} hint={texts.urlHint} problem={problemOf(error, 'url')}>
        {(control) => (
          <input
            {...control}
            ref={first}
            type="url"
            required
            placeholder="https://"
            value={values.url}
            onInput={(event) => onChange({ url: event.currentTarget.value })}
          />
        )}
      </Field>
      <Field label={texts.description} isOptional problem={problemOf(error, 'description')}>
        {(control) => (
          <input
            {...control}
            maxLength={250}
            value={values.description}
            onInput={(event) => onChange({ description: event.currentTarget.value })}
          />
        )}
      </Field>
      {isNew && (
        <ApplicationField value={values.applicationId} onChange={(applicationId) => onChange({ applicationId })} />
      )}
      <EventFields
        value={values.events}
        problem={problemOf(error, 'events') ?? noEvents}
        onChange={(events) => onChange({ events })}
      />
    </>
  );
}

function ApplicationField({ value, onChange }: { value: string; onChange: (id: string) => void }) {
  const { webhooks: texts } = useTexts();
  const { data: applications = [] } = useApplications();
  return (
    <Field label={texts.source} hint={texts.sourceHint}>
      {(control) => (
        <Select
          {...control}
          value={value}
          options={[['', texts.wholeMerchant], ...applications.map(({ id, name }): [string, string] => [id, name])]}
          onChange={onChange}
        />
      )}
    </Field>
  );
}
