import { useState } from 'preact/hooks';
import { Link } from 'wouter-preact';
import { api } from '../api/client.js';
import { refresh } from '../api/queries.js';
import type { MerchantView } from '../api/sdk.js';
import { useAction } from '../api/use-action.js';
import { LEVELS, useMay } from '../session/session.js';
import { useTexts } from '../texts/texts.js';
import { ActionsMenu } from '../ui/actions.js';
import { Button } from '../ui/button.js';
import { Failure } from '../ui/failure.js';
import { tell } from '../ui/toasts.js';
import { BlockMerchantDialog, DeleteMerchantDialog, MerchantScopesDialog } from './merchant-dialogs.js';

interface MerchantActionsProps {
  of: MerchantView;
  /** Whether it is the operator's own, which is neither blocked nor deleted from here. */
  isOwn: boolean;
}

/** What an operator can do with a merchant. */
export function MerchantActions({ of: merchant, isOwn }: MerchantActionsProps) {
  const { merchants: texts } = useTexts();
  const mayDelete = useMay(LEVELS.everything);
  const [open, setOpen] = useState<'scopes' | 'block' | 'delete' | null>(null);
  const unblock = useAction({
    mutationFn: async () => api.merchants.update(merchant.id, { status: 'active' }),
    onSuccess: () => {
      void refresh();
      tell(texts.nowActive(merchant.name));
    },
  });
  const close = (): void => setOpen(null);
  if (merchant.status === 'deleting') return null;
  return (
    <>
      <ActionsMenu of={merchant.name}>
        <Link class="button" href={`/accounts?merchant=${merchant.id}`}>
          {texts.accounts}
        </Link>
        <Link class="button" href={`/traffic?merchant=${merchant.id}`}>
          {texts.verifications}
        </Link>
        <Button data-closes onClick={() => setOpen('scopes')}>
          {texts.changeScopes}
        </Button>
        {!isOwn && merchant.status === 'active' && (
          <Button data-closes onClick={() => setOpen('block')}>
            {texts.block}
          </Button>
        )}
        {merchant.status === 'blocked' && (
          <Button data-closes onClick={() => unblock.mutate()}>
            {texts.unblock}
          </Button>
        )}
        {!isOwn && mayDelete && (
          <Button data-closes kind="danger" onClick={() => setOpen('delete')}>
            {texts.delete}
          </Button>
        )}
      </ActionsMenu>
      <Failure error={unblock.error} />
      {open === 'scopes' && <MerchantScopesDialog of={merchant} onClose={close} />}
      {open === 'block' && <BlockMerchantDialog of={merchant} onClose={close} />}
      {open === 'delete' && <DeleteMerchantDialog of={merchant} onClose={close} />}
    </>
  );
}
