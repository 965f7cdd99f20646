import { useState } from 'preact/hooks';
import { api } from '../api/client.js';
import { refresh } from '../api/queries.js';
import type { ApplicationKeyView } from '../api/sdk.js';
import { useAction } from '../api/use-action.js';
import { useTexts } from '../texts/texts.js';
import { Button } from '../ui/button.js';
import { Dialog } from '../ui/dialog.js';
import { Failure } from '../ui/failure.js';
import { tell } from '../ui/toasts.js';
import { ChangePreview } from './change-preview.js';
import { KeyFields } from './key-fields.js';
import { changesOf, parseMetadata, valuesOf } from './key-values.js';

/** Changes the settings of a key, and shows beforehand what that narrows. */
export function ChangeKeyDialog({ of: key, onClose }: { of: ApplicationKeyView; onClose: () => void }) {
  const { key: texts, common } = useTexts();
  // The key as it was when the person began, whatever is read of it meanwhile.
  const [before] = useState(key);
  const [values, setValues] = useState(() => valuesOf(key));
  const changes = changesOf(before, values);
  const hasChanges = Object.keys(changes).length > 0;
  const change = useAction({
    mutationFn: () => api.keys.update(key.id, changes),
    onSuccess: () => {
      void refresh();
      tell(texts.changed);
      onClose();
    },
  });
  return (
    <Dialog title={texts.changeTitle} onClose={onClose} isWide>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (hasChanges && parseMetadata(values.metadata) !== undefined) change.mutate();
        }}
      >
        <Failure error={change.error} />
        <KeyFields
          values={values}
          isNew={false}
          error={change.error}
          onChange={(edited) => setValues({ ...values, ...edited })}
        />
        <footer>
          <ChangePreview of={before} changes={changes} />
          <Button onClick={onClose}>{common.cancel}</Button>
          <Button type="submit" kind="primary" isBusy={change.isPending} disabled={!hasChanges}>
            {common.save}
          </Button>
        </footer>
      </form>
    </Dialog>
  );
}
