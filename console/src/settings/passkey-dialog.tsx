import { useState } from 'preact/hooks';
import { api } from '../api/client.js';
import type { NewPasskeyView, OwnerBody, PasskeyOptionsView } from '../api/sdk.js';
import { useTexts } from '../texts/texts.js';
import { Field } from '../ui/field.js';
import { OwnerDialog } from './owner-dialog.js';

/** Whether the browser can create passkeys on this page, which takes https or this machine. */
export const canCreatePasskeys =
  'PublicKeyCredential' in window && 'parseCreationOptionsFromJSON' in PublicKeyCredential;

interface PasskeyDialogProps {
  /** Called with the recovery codes, if it is the first second factor. */
  onDone: (recoveryCodes: string[] | null) => void;
  onClose: () => void;
}

/** Registers a passkey, which the browser asks the person for. */
export function PasskeyDialog({ onDone, onClose }: PasskeyDialogProps) {
  const { secondFactor: texts } = useTexts();
  const [name, setName] = useState('');
  return (
    <OwnerDialog
      title={texts.passkeyTitle}
      hint={texts.passkeyHint}
      submit={texts.createPasskey}
      action={(owner) => registerPasskey(name, owner)}
      onDone={({ recoveryCodes }) => onDone(recoveryCodes)}
      onClose={onClose}
    >
      <Field label={texts.passkeyName} hint={texts.passkeyNameHint}>
        {(control) => (
          <input
            {...control}
            autocomplete="off"
            required
            maxLength={100}
            value={name}
            onInput={(event) => setName(event.currentTarget.value)}
          />
        )}
      </Field>
    </OwnerDialog>
  );
}

async function registerPasskey(name: string, owner: OwnerBody): Promise<NewPasskeyView> {
  const response = await createPasskey(await api.secondFactors.createPasskeyOptions(owner));
  return api.secondFactors.createPasskey({ name, response });
}

/** @throws {DOMException} if the person cancels, or the authenticator has been registered already */
async function createPasskey({ publicKey: json }: PasskeyOptionsView): Promise<Record<string, unknown>> {
  const options = json as unknown as PublicKeyCredentialCreationOptionsJSON;
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
  const credential = (await navigator.credentials.create({ publicKey })) as PublicKeyCredential;
  return { ...credential.toJSON() };
}
