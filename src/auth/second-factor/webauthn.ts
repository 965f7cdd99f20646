import type {
  AuthenticationResponseJSON,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
  VerifiedAuthenticationResponse,
} from '@simplewebauthn/server';
import { Injectable } from '@nestjs/common';
import type { Account } from '../../accounts/account.entity.js';
import type { Passkey } from '../../accounts/second-factors/passkey.entity.js';
import { Config } from '../../platform/config/config.js';

/** A passkey that an authenticator has just created. */
export type RegisteredPasskey = Pick<Passkey, 'credentialId' | 'publicKey' | 'signatureCount' | 'transports'>;

type Credential = Pick<Passkey, 'credentialId' | 'transports'>;

/** The algorithms of COSE that are accepted: EdDSA, ES256 and RS256. */
const ALGORITHMS = [-8, -7, -257];

/** The longest list of transports, and the longest name of one, that is kept. */
const TRANSPORTS_MAX = 10;
const TRANSPORT_LENGTH = 20;

/** Authenticators prove that a person is present, not who it is: that is what the password is for. */
const VERIFICATION = { requireUserVerification: false } as const;

/** The protocol between browsers, authenticators and this server (WebAuthn level 3), for pages of `PUBLIC_URL`. */
@Injectable()
export class WebAuthn {
  constructor(private readonly config: Config) {}

  private get relyingParty(): { id: string; origin: string } {
    const { hostname: id, origin } = new URL(this.config.publicUrl);
    return { id, origin };
  }

  /** Loads what the other methods need, if that has not happened yet. It takes a moment, in which no transaction should wait. */
  async prepare(): Promise<void> {
    await load();
  }

  /** @param existing passkeys that the account has already */
  async createOptions(
    challenge: string,
    { uuid, username }: Account,
    existing: Credential[],
    timeoutSeconds: number,
  ): Promise<PublicKeyCredentialCreationOptionsJSON> {
    const { generateRegistrationOptions } = await load();
    return generateRegistrationOptions({
      rpName: 'Keywright',
      rpID: this.relyingParty.id,
      userID: new TextEncoder().encode(uuid),
      userName: username,
      challenge: bytesOf(challenge),
      timeout: timeoutSeconds * 1000,
      attestationType: 'none',
      excludeCredentials: existing.map(describe),
      authenticatorSelection: { residentKey: 'discouraged', userVerification: 'discouraged' },
      supportedAlgorithmIDs: ALGORITHMS,
    });
  }

  async requestOptions(
    challenge: string,
    passkeys: Credential[],
    timeoutSeconds: number,
  ): Promise<PublicKeyCredentialRequestOptionsJSON> {
    const { generateAuthenticationOptions } = await load();
    return generateAuthenticationOptions({
      rpID: this.relyingParty.id,
      challenge: bytesOf(challenge),
      timeout: timeoutSeconds * 1000,
      allowCredentials: passkeys.map(describe),
      userVerification: 'discouraged',
    });
  }

  /**
   * Reads a new passkey from an authenticator's answer, whatever that is.
   *
   * @param isExpected whether the challenge is one of this server
   * @returns `null` when it does not answer a challenge
   */
  async register(
    response: object,
    isExpected: (challenge: string) => Promise<boolean>,
  ): Promise<RegisteredPasskey | null> {
    const { verifyRegistrationResponse } = await load();
    const answer = response as RegistrationResponseJSON;
    // What the answer holds is not known: the library throws errors of every kind at what it does not expect.
    try {
      if (await hasCertificates(answer)) return null;
      const { id, origin } = this.relyingParty;
      const { verified, registrationInfo } = await verifyRegistrationResponse({
        response: answer,
        expectedChallenge: isExpected,
        expectedOrigin: origin,
        expectedRPID: id,
        supportedAlgorithmIDs: ALGORITHMS,
        ...VERIFICATION,
      });
      if (!verified) return null;
      const { id: credentialId, publicKey, counter } = registrationInfo.credential;
      return {
        credentialId,
        publicKey: Buffer.from(publicKey).toString('base64url'),
        signatureCount: counter,
        transports: readTransports(answer.response.transports),
      };
    } catch {
      return null;
    }
  }

  /**
   * Checks that a passkey has signed a challenge, and that the authenticator has not been copied.
   *
   * @returns the number of signatures that the authenticator has counted; `null` when it has not signed the challenge
   */
  async verify(response: object, challenge: string, passkey: Passkey): Promise<number | null> {
    const { verifyAuthenticationResponse } = await load();
    const { id, origin } = this.relyingParty;
    const { credentialId, publicKey, signatureCount } = passkey;
    try {
      const { verified, authenticationInfo }: VerifiedAuthenticationResponse = await verifyAuthenticationResponse({
        response: response as AuthenticationResponseJSON,
        expectedChallenge: challenge,
        expectedOrigin: origin,
        expectedRPID: id,
        credential: { id: credentialId, publicKey: bytesOf(publicKey), counter: signatureCount },
        ...VERIFICATION,
      });
      return verified ? authenticationInfo.newCounter : null;
    } catch {
      return null;
    }
  }
}

/** Loaded when it is first needed: it is large, and most processes never need it. */
const load = () => import('@simplewebauthn/server');

/**
 * Whether the answer holds certificates of the authenticator's maker. No options ask for them, and to check them is to fetch lists of revoked
 * ones from where they say.
 */
async function hasCertificates({ response }: RegistrationResponseJSON): Promise<boolean> {
  const { decodeAttestationObject } = await import('@simplewebauthn/server/helpers');
  const attestation = decodeAttestationObject(bytesOf(response.attestationObject));
  return !['none', 'packed'].includes(attestation.get('fmt')) || attestation.get('attStmt').get('x5c') !== undefined;
}

const describe = ({ credentialId, transports }: Credential): { id: string; transports: string[] } => ({
  id: credentialId,
  transports,
});

const readTransports = (transports: unknown): string[] =>
  Array.isArray(transports)
    ? transports
        .filter((name): name is string => typeof name === 'string' && name.length <= TRANSPORT_LENGTH)
        .slice(0, TRANSPORTS_MAX)
    : [];

const bytesOf = (base64url: string): Uint8Array<ArrayBuffer> => new Uint8Array(Buffer.from(base64url, 'base64url'));
