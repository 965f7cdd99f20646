import { useTexts } from '../texts/texts.js';
import { Button } from '../ui/button.js';
import type { BulkAction } from './bulk-dialog.js';
import type { Selecting } from './selection.js';

interface SelectionBarProps {
  selecting: Selecting;
  canPickMatching: boolean;
  onAction: (action: BulkAction) => void;
}

/** What can be done with the selected keys. */
export function SelectionBar({ selecting, canPickMatching, onAction }: SelectionBarProps) {
  const { keys } = useTexts();
  const { isAllMatching, picked } = selecting;
  return (
    <div class="selection-bar">
      <p role="status">{isAllMatching ? keys.allMatching : keys.selected(picked.size)}</p>
      {!isAllMatching && canPickMatching && (
        <Button kind="quiet" onClick={selecting.pickMatching}>
          {keys.selectMatching}
        </Button>
      )}
      <Button kind="quiet" onClick={selecting.clear}>
        {keys.clearSelection}
      </Button>
      <span class="grow" />
      <Button onClick={() => onAction('disable')}>{keys.disableSelected}</Button>
      <Button onClick={() => onAction('enable')}>{keys.enableSelected}</Button>
      <Button kind="danger" onClick={() => onAction('revoke')}>
        {keys.revokeSelected}
      </Button>
    </div>
  );
}
