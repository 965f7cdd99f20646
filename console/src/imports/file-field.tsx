import { useState } from 'preact/hooks';
import { useTexts } from '../texts/texts.js';
import { classes } from '../ui/classes.js';
import { Field } from '../ui/field.js';

interface FileFieldProps {
  /** The name of the file that has been chosen. */
  name: string | undefined;
  onChoose: (file: File) => void;
}

/** Takes a file that is chosen, or dropped onto the field. */
export function FileField({ name, onChoose }: FileFieldProps) {
  const { imports: texts } = useTexts();
  const [isOver, setOver] = useState(false);
  return (
    <div
      class={classes('drop', isOver && 'over')}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        const dropped = event.dataTransfer?.files[0];
        if (dropped !== undefined) onChoose(dropped);
      }}
    >
      <Field label={texts.choose} hint={texts.chooseHint}>
        {(control) => (
          <input
            {...control}
            type="file"
            accept=".ndjson,.jsonl,.json"
            onChange={(event) => {
              const chosen = event.currentTarget.files?.[0];
              if (chosen !== undefined) onChoose(chosen);
            }}
          />
        )}
      </Field>
      {name !== undefined && (
        <p class="small">
          <bdi>{name}</bdi>
        </p>
      )}
    </div>
  );
}
