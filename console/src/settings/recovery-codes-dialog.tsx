import { useTexts } from '../texts/texts.js';
import { Button } from '../ui/button.js';
import { CopyButton } from '../ui/copy-button.js';
import { Dialog } from '../ui/dialog.js';
import { useWarningBeforeUnload } from '../ui/use-warning-before-unload.js';

/** Shows recovery codes the only time that they can be seen. Only its button closes it. */
export function RecoveryCodesDialog({ codes, onClose }: { codes: string[]; onClose: () => void }) {
  const { secondFactor: texts } = useTexts();
  useWarningBeforeUnload();
  return (
    <Dialog title={texts.codesTitle}>
      <p>{texts.codesHint}</p>
      <div class="secret" role="group" aria-label={texts.recoveryCodes}>
        <ul class="recovery-codes">
          {codes.map((code) => (
            <li key={code}>
              <code>{code}</code>
            </li>
          ))}
        </ul>
        <div class="row">
          <CopyButton text={codes.join('\n')} label={texts.recoveryCodes} />
        </div>
      </div>
      <footer>
        <Button kind="primary" onClick={onClose}>
          {texts.codesStored}
        </Button>
      </footer>
    </Dialog>
  );
}
