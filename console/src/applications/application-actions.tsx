import { useState } from 'preact/hooks';
import { api } from '../api/client.js';
import { refresh } from '../api/queries.js';
import type { ApplicationView } from '../api/sdk.js';
import { useAction } from '../api/use-action.js';
import { useTexts } from '../texts/texts.js';
import { ActionsMenu } from '../ui/actions.js';
import { Button } from '../ui/button.js';
import { Failure } from '../ui/failure.js';
import { tell } from '../ui/toasts.js';
import { ChangeApplicationDialog, DeleteApplicationDialog } from './application-dialogs.js';

/** What can be done with an application. */
export function ApplicationActions({ of: application }: { of: ApplicationView }) {
  const { applications: texts, common } = useTexts();
  const [open, setOpen] = useState<'change' | 'delete' | null>(null);
  const toggle = useAction({
    mutationFn: (isEnabled: boolean) => api.applications.updateStatus(application.id, { isEnabled }),
    onSuccess: ({ name }, isEnabled) => {
      void refresh();
      tell(isEnabled ? texts.nowEnabled(name) : texts.nowDisabled(name), () => toggle.mutate(!isEnabled));
    },
  });
  const close = (): void => setOpen(null);
  return (
    <>
      <ActionsMenu of={application.name}>
        <Button data-closes onClick={() => setOpen('change')}>
          {common.edit}
        </Button>
        <Button data-closes onClick={() => toggle.mutate(!application.isEnabled)}>
          {application.isEnabled ? common.disable : common.enable}
        </Button>
        <Button data-closes kind="danger" onClick={() => setOpen('delete')}>
          {common.delete}
        </Button>
      </ActionsMenu>
      <Failure error={toggle.error} />
      {open === 'change' && <ChangeApplicationDialog of={application} onClose={close} />}
      {open === 'delete' && <DeleteApplicationDialog of={application} onClose={close} />}
    </>
  );
}
