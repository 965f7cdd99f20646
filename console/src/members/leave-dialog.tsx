import { useQuery } from '@tanstack/preact-query';
import { useState } from 'preact/hooks';
import { api } from '../api/client.js';
import { refresh } from '../api/queries.js';
import type { KeysOfMember, MemberView, OffboardingView } from '../api/sdk.js';
import { useAction } from '../api/use-action.js';
import { useTexts } from '../texts/texts.js';
import { Button } from '../ui/button.js';
import { Dialog } from '../ui/dialog.js';
import { Failure } from '../ui/failure.js';
import { Field } from '../ui/field.js';
import { Notice } from '../ui/notice.js';
import { Select } from '../ui/select.js';
import { tell } from '../ui/toasts.js';
import { useMembers } from './use-members.js';

type Way = 'disable' | 'remove';

interface LeaveOptions {
  keys?: KeysOfMember;
  responsibleId?: string;
  dryRun?: boolean;
}

const leave = (way: Way, id: string, options: LeaveOptions) =>
  way === 'remove' ? api.members.remove(id, options) : api.members.update(id, { status: 'disabled' }, options);

interface LeaveDialogProps {
  of: MemberView;
  way: Way;
  onClose: () => void;
}

const NAMED = 5;

/** Disables or removes a member, after a look at the keys that stay behind and a decision about them. */
export function LeaveDialog({ of: { id, email, merchantId }, way, onClose }: LeaveDialogProps) {
  const { members: texts, common, bulk } = useTexts();
  const [keys, setKeys] = useState<KeysOfMember>('keep');
  const [responsibleId, setResponsible] = useState('');
  const { data: members = [] } = useMembers(merchantId);
  const preview = useQuery({
    queryKey: ['members', 'leaving', way, id],
    queryFn: async () => (await leave(way, id, { dryRun: true })) as OffboardingView,
    gcTime: 0,
  });
  const leaving = useAction({
    mutationFn: async () => leave(way, id, { keys, ...(responsibleId !== '' && { responsibleId }) }),
    onSuccess: () => {
      void refresh();
      tell(texts.hasLeft[way](email));
      onClose();
    },
  });
  const left = preview.data;
  const total = (left?.totalKeys ?? 0) + (left?.totalResponsibleFor ?? 0);
  const named = [...(left?.keys ?? []), ...(left?.responsibleFor ?? [])].slice(0, NAMED);
  return (
    <Dialog title={texts.leave[way]} onClose={leaving.isPending ? undefined : onClose}>
      <div class="stack">
        <Failure error={preview.error ?? leaving.error} />
        <p>
          <strong>
            <bdi>{email}</bdi>
          </strong>
        </p>
        <p>{texts.leaveHint[way]}</p>
        {preview.isPending && <p class="faint">{texts.counting}</p>}
        {left !== undefined && left.personalKeysEnding > 0 && (
          <Notice tone="warning">{texts.personalKeys(left.personalKeysEnding)}.</Notice>
        )}
        {left !== undefined && total === 0 && left.personalKeysEnding === 0 && <p>{texts.noKeys}</p>}
        {total > 0 && (
          <>
            <p>{texts.leftKeys(total)}:</p>
            <ul class="plain-list">
              {named.map((key) => (
                <li key={key.id}>
                  <bdi>{key.description}</bdi> <code class="faint">{key.keyPrefix}…</code>
                </li>
              ))}
              {total > named.length && <li class="faint">{bulk.andMore(total - named.length)}</li>}
            </ul>
            <Field label={texts.whatOfKeys}>
              {(control) => (
                <Select
                  {...control}
                  value={keys}
                  options={[
                    ['keep', texts.keep],
                    ['suspend', texts.suspend],
                  ]}
                  onChange={(value) => setKeys(value as KeysOfMember)}
                />
              )}
            </Field>
            <Field label={texts.successor}>
              {(control) => (
                <Select
                  {...control}
                  value={responsibleId}
                  options={[
                    ['', texts.nobody],
                    ...members
                      .filter((other) => other.status === 'active' && other.id !== id)
                      .map((other): [string, string] => [other.id, other.email]),
                  ]}
                  onChange={setResponsible}
                />
              )}
            </Field>
          </>
        )}
      </div>
      <footer>
        <Button onClick={onClose} isBusy={leaving.isPending}>
          {common.cancel}
        </Button>
        <Button kind="danger" isBusy={leaving.isPending || left === undefined} onClick={() => leaving.mutate()}>
          {texts.confirm[way]}
        </Button>
      </footer>
    </Dialog>
  );
}
