import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { api } from '../api/client.js';
import { refresh } from '../api/queries.js';
import type { PasskeyView, SecondFactorView } from '../api/sdk.js';
import { useTexts } from '../texts/texts.js';
import { Button } from '../ui/button.js';
import { Card } from '../ui/card.js';
import { Failure } from '../ui/failure.js';
import { Time } from '../ui/time.js';
import { tell } from '../ui/toasts.js';
import { OwnerDialog } from './owner-dialog.js';
import { canCreatePasskeys, PasskeyDialog } from './passkey-dialog.js';
import { RecoveryCodesDialog } from './recovery-codes-dialog.js';
import { TotpDialog } from './totp-dialog.js';
import { hasFactor, useSecondFactor } from './use-second-factor.js';

/** What the person is about to do. */
type Step = 'setUpApp' | 'removeApp' | 'addPasskey' | 'renewCodes' | { remove: PasskeyView } | { show: string[] };

/** The second factors of the own account, and the recovery codes that replace them. */
export function SecondFactorCard() {
  const { secondFactor: texts } = useTexts();
  const query = useSecondFactor();
  const [step, setStep] = useState<Step | null>(null);
  return (
    <Card title={texts.title}>
      <p class="hint">{texts.hint}</p>
      <Failure error={query.error} />
      {query.data !== undefined && (
        <>
          <FactorList factors={query.data} onStep={setStep} />
          <div class="row">
            <Button onClick={() => setStep('setUpApp')}>{query.data.totp ? texts.replaceApp : texts.setUpApp}</Button>
            {canCreatePasskeys && <Button onClick={() => setStep('addPasskey')}>{texts.addPasskey}</Button>}
          </div>
        </>
      )}
      {step !== null && <StepDialog step={step} onStep={setStep} />}
    </Card>
  );
}

interface StepProps {
  onStep: (step: Step | null) => void;
}

function FactorList({ factors, onStep }: { factors: SecondFactorView } & StepProps) {
  const { secondFactor: texts } = useTexts();
  const { totp, passkeys, recoveryCodesLeft } = factors;
  return (
    <ul class="factors">
      {totp !== null && (
        <FactorItem name={texts.app} about={<Since time={totp.createdAt} />}>
          <Button class="small" aria-label={texts.removeApp} onClick={() => onStep('removeApp')}>
            {texts.remove}
          </Button>
        </FactorItem>
      )}
      {passkeys.map((passkey) => (
        <FactorItem
          key={passkey.id}
          name={passkey.name}
          about={
            <>
              <Since time={passkey.createdAt} /> · {texts.lastUsed} <Time value={passkey.lastUsedAt} />
            </>
          }
        >
          <Button
            class="small"
            aria-label={texts.removePasskey(passkey.name)}
            onClick={() => onStep({ remove: passkey })}
          >
            {texts.remove}
          </Button>
        </FactorItem>
      ))}
      {hasFactor(factors) && (
        <FactorItem name={texts.recoveryCodes} about={texts.codesLeft(recoveryCodesLeft)}>
          <Button class="small" onClick={() => onStep('renewCodes')}>
            {texts.renewCodes}
          </Button>
        </FactorItem>
      )}
    </ul>
  );
}

function Since({ time }: { time: string }) {
  const { secondFactor: texts } = useTexts();
  return (
    <>
      {texts.added} <Time value={time} />
    </>
  );
}

function FactorItem({
  name,
  about,
  children,
}: {
  name: string;
  about: ComponentChildren;
  children: ComponentChildren;
}) {
  return (
    <li>
      <span>
        <bdi>{name}</bdi>
        <br />
        <span class="faint small">{about}</span>
      </span>
      {children}
    </li>
  );
}

/** Asks for what a step takes. */
function StepDialog({ step, onStep }: { step: Step } & StepProps) {
  const { secondFactor: texts } = useTexts();
  const onClose = (): void => onStep(null);
  /** Tells what was done, unless there are recovery codes to be shown, which is the more urgent. */
  const finish = (text: string, recoveryCodes: string[] | null = null): void => {
    void refresh();
    onStep(recoveryCodes && { show: recoveryCodes });
    if (recoveryCodes === null) tell(text);
  };
  if (step === 'setUpApp') return <TotpDialog onDone={(codes) => finish(texts.appInForce, codes)} onClose={onClose} />;
  if (step === 'addPasskey')
    return <PasskeyDialog onDone={(codes) => finish(texts.passkeyInForce, codes)} onClose={onClose} />;
  if (step === 'renewCodes')
    return (
      <OwnerDialog
        title={texts.renewTitle}
        hint={texts.renewHint}
        submit={texts.renew}
        action={(owner) => api.secondFactors.createRecoveryCodes(owner)}
        onDone={({ recoveryCodes }) => finish(texts.renewTitle, recoveryCodes)}
        onClose={onClose}
      />
    );
  if (step === 'removeApp')
    return (
      <OwnerDialog
        title={texts.removeAppTitle}
        hint={texts.removeHint}
        submit={texts.removeNow}
        isDanger
        action={(owner) => api.secondFactors.deleteTotp(owner)}
        onDone={() => finish(texts.appRemoved)}
        onClose={onClose}
      />
    );
  if ('show' in step) return <RecoveryCodesDialog codes={step.show} onClose={onClose} />;
  const { id, name } = step.remove;
  return (
    <OwnerDialog
      title={texts.removePasskeyTitle(name)}
      hint={texts.removeHint}
      submit={texts.removeNow}
      isDanger
      action={(owner) => api.secondFactors.deletePasskey(id, owner)}
      onDone={() => finish(texts.passkeyRemoved)}
      onClose={onClose}
    />
  );
}
