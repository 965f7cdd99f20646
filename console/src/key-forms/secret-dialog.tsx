import { useState } from 'preact/hooks';
import { useTexts } from '../texts/texts.js';
import { Button } from '../ui/button.js';
import { CopyButton } from '../ui/copy-button.js';
import { Dialog } from '../ui/dialog.js';
import { Notice } from '../ui/notice.js';
import { useWarningBeforeUnload } from '../ui/use-warning-before-unload.js';

interface SecretDialogProps {
  title: string;
  /** The full key; `null` if the server has shown it before. */
  secret: string | null;
  /** Why there is no secret; by default, because the request was repeated. */
  reason?: string;
  onClose: () => void;
}

/**
 * Shows a secret the only time that it can be seen. It is in the page only while it is revealed, and only its button closes the dialog: no key,
 * no click beside it.
 */
export function SecretDialog({ title, secret, reason, onClose }: SecretDialogProps) {
  const { secret: texts, common } = useTexts();
  const [isRevealed, setRevealed] = useState(false);
  useWarningBeforeUnload();
  return (
    <Dialog title={title}>
      {secret === null ? (
        <Notice tone="warning">{reason ?? texts.replayed}</Notice>
      ) : (
        <>
          <p>{texts.hint}</p>
          <div class="secret" role="group" aria-label={texts.label}>
            <code class={isRevealed ? 'revealed' : undefined}>{isRevealed ? secret : '•'.repeat(32)}</code>
            <div class="row">
              <Button class="small" aria-pressed={isRevealed} onClick={() => setRevealed(!isRevealed)}>
                {isRevealed ? texts.hide : texts.reveal}
              </Button>
              <CopyButton text={secret} label={texts.label} />
            </div>
          </div>
        </>
      )}
      <footer>
        <Button kind="primary" onClick={onClose}>
          {secret === null ? common.close : texts.saved}
        </Button>
      </footer>
    </Dialog>
  );
}
