import { measured } from '../api/measured.js';
import { refresh } from '../api/queries.js';
import { useAction } from '../api/use-action.js';
import { useTexts } from '../texts/texts.js';
import { Button } from '../ui/button.js';
import { Dialog } from '../ui/dialog.js';
import { Failure } from '../ui/failure.js';
import { useFormats } from '../ui/formats.js';
import { tell } from '../ui/toasts.js';

interface RevokeKeyDialogProps {
  /** What people know the key by. */
  name: string;
  revoke: () => PromiseLike<unknown>;
  onClose: () => void;
}

/** Revokes a key that has no page of its own, and says that it is done only when every instance refuses the key. */
export function RevokeKeyDialog({ name, revoke, onClose }: RevokeKeyDialogProps) {
  const { key: texts, common } = useTexts();
  const { duration } = useFormats();
  const revocation = useAction({
    mutationFn: () => measured(revoke),
    onSuccess: ({ elapsedMs }) => {
      void refresh();
      tell(texts.revoked(duration(elapsedMs)));
      onClose();
    },
  });
  return (
    <Dialog title={texts.revokeTitle} onClose={revocation.isPending ? undefined : onClose}>
      <Failure error={revocation.error} />
      <p>
        <strong>
          <bdi>{name}</bdi>
        </strong>
      </p>
      <p>{texts.revokeHint}</p>
      <footer>
        <Button onClick={onClose} isBusy={revocation.isPending}>
          {common.cancel}
        </Button>
        <Button kind="danger" isBusy={revocation.isPending} onClick={() => revocation.mutate()}>
          {revocation.isPending ? texts.revoking : texts.revokeConfirm}
        </Button>
      </footer>
    </Dialog>
  );
}
