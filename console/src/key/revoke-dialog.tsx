import { useLocation } from 'wouter-preact';
import { api } from '../api/client.js';
import { measured } from '../api/measured.js';
import { forgetHidden, refresh } from '../api/queries.js';
import type { ApplicationKeyView } from '../api/sdk.js';
import { useAction } from '../api/use-action.js';
import { useTexts } from '../texts/texts.js';
import { Button } from '../ui/button.js';
import { Dialog } from '../ui/dialog.js';
import { Failure } from '../ui/failure.js';
import { useFormats } from '../ui/formats.js';
import { Notice } from '../ui/notice.js';

/** A key that was used within this time has callers who will notice. */
const RECENT_MS = 7 * 86_400_000;

interface RevokeDialogProps {
  of: ApplicationKeyView;
  /** The address of the list that the person came from. */
  list: string;
  onCancel: () => void;
}

/** Revokes a key, and says that it is done only when every instance refuses the key. */
export function RevokeDialog({ of: key, list, onCancel }: RevokeDialogProps) {
  const { key: texts, common } = useTexts();
  const { relative, duration } = useFormats();
  const [, navigate] = useLocation();
  const revocation = useAction({ mutationFn: () => measured(() => api.keys.delete(key.id)) });
  const leave = (): void => {
    forgetHidden();
    navigate(list, { replace: true });
    void refresh();
  };
  if (revocation.data !== undefined)
    return (
      <Dialog title={key.description} onClose={leave}>
        <Notice tone="good">
          <strong>{texts.revoked(duration(revocation.data.elapsedMs))}</strong>
        </Notice>
        <p>{texts.revokedHint}</p>
        <footer>
          <Button kind="primary" onClick={leave}>
            {texts.toKeys}
          </Button>
        </footer>
      </Dialog>
    );
  const wasUsedRecently = key.lastUsedAt !== null && Date.now() - Date.parse(key.lastUsedAt) < RECENT_MS;
  return (
    <Dialog title={texts.revokeTitle} onClose={revocation.isPending ? undefined : onCancel}>
      <Failure error={revocation.error} />
      <p>
        <strong>
          <bdi>{key.description}</bdi>
        </strong>
      </p>
      <p>{texts.revokeHint}</p>
      {wasUsedRecently && <Notice tone="warning">{texts.revokeRecent(relative(key.lastUsedAt ?? ''))}</Notice>}
      <footer>
        <Button onClick={onCancel} isBusy={revocation.isPending}>
          {common.cancel}
        </Button>
        <Button kind="danger" isBusy={revocation.isPending} onClick={() => revocation.mutate()}>
          {revocation.isPending ? texts.revoking : texts.revokeConfirm}
        </Button>
      </footer>
    </Dialog>
  );
}
