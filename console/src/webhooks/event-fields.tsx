import { useId } from 'preact/hooks';
import { useTexts } from '../texts/texts.js';
import { ALL, useEventGroups, useEventNames, type EventGroup } from './event-names.js';

interface EventFieldsProps {
  value: string[];
  problem: string | undefined;
  onChange: (events: string[]) => void;
}

/** The choice of the events that an endpoint receives: all, all of a group, or single types. */
export function EventFields({ value, problem, onChange }: EventFieldsProps) {
  const { webhooks: texts } = useTexts();
  const groups = useEventGroups();
  const id = useId();
  const isAll = value.includes(ALL);
  return (
    <fieldset aria-describedby={problem === undefined ? undefined : id}>
      <legend>{texts.events}</legend>
      <Choice name={id} label={texts.allEvents} isChosen={isAll} onChoose={() => onChange([ALL])} />
      <Choice name={id} label={texts.someEvents} isChosen={!isAll} onChoose={() => onChange([])} />
      {!isAll && groups.map((group) => <Group key={group.pattern} of={group} value={value} onChange={onChange} />)}
      {problem !== undefined && (
        <p class="problem" id={id}>
          {problem}
        </p>
      )}
    </fieldset>
  );
}

interface ChoiceProps {
  name: string;
  label: string;
  isChosen: boolean;
  onChoose: () => void;
}

function Choice({ name, label, isChosen, onChoose }: ChoiceProps) {
  return (
    <label class="check">
      <input type="radio" name={name} checked={isChosen} onChange={onChoose} />
      {label}
    </label>
  );
}

interface GroupProps extends Pick<EventFieldsProps, 'value' | 'onChange'> {
  of: EventGroup;
}

function Group({ of: { pattern, types }, value, onChange }: GroupProps) {
  const nameOf = useEventNames();
  const isWhole = value.includes(pattern);
  const others = value.filter((event) => event !== pattern && !types.includes(event));
  const own = value.filter((event) => types.includes(event));
  const choose = (type: string, isChecked: boolean): void =>
    onChange([...others, ...own.filter((event) => event !== type), ...(isChecked ? [type] : [])]);
  return (
    <div class="event-group">
      <Check
        label={nameOf(pattern)}
        isChecked={isWhole}
        onChange={(isChecked) => onChange(isChecked ? [...others, pattern] : others)}
      />
      {!isWhole && (
        <div class="checks">
          {types.map((type) => (
            <Check
              key={type}
              label={nameOf(type)}
              isChecked={own.includes(type)}
              onChange={(isChecked) => choose(type, isChecked)}
            />
          ))}
        </div>
      )}
    </div>
  );
}

interface CheckProps {
  label: string;
  isChecked: boolean;
  onChange: (isChecked: boolean) => void;
}

function Check({ label, isChecked, onChange }: CheckProps) {
  return (
    <label class="check">
      <input type="checkbox" checked={isChecked} onChange={(event) => onChange(event.currentTarget.checked)} />
      {label}
    </label>
  );
}
