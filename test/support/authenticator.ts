import { createHash, generateKeyPairSync, randomBytes, sign, X509Certificate, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Certificate } from './certificates.js';

/** A value of the part of CBOR (RFC 8949) that WebAuthn needs: whole numbers, texts, bytes, lists and maps. */
type Cbor = number | string | Buffer | Cbor[] | Map<number | string, Cbor>;

function encode(value: Cbor): Buffer {
  if (typeof value === 'number') return value < 0 ? head(1, -1 - value) : head(0, value);
  if (typeof value === 'string') return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)]);
  if (Buffer.isBuffer(value)) return Buffer.concat([head(2, value.length), value]);
  if (Array.isArray(value)) return Buffer.concat([head(4, value.length), ...value.map(encode)]);
  return Buffer.concat([head(5, value.size), ...[...value].flat().map(encode)]);
}

function head(type: number, size: number): Buffer {
  if (size < 24) return Buffer.from([(type << 5) | size]);
  return size < 256 ? Buffer.from([(type << 5) | 24, size]) : Buffer.from([(type << 5) | 25, size >> 8, size & 255]);
}

const sha256 = (data: Buffer | string): Buffer => createHash('sha256').update(data).digest();

const USER_PRESENT = 0x01;
const HAS_CREDENTIAL = 0x40;

interface Options {
  challenge: string;
  /** In options to create a passkey. */
  rp?: { id: string };
  /** In options to sign. */
  rpId?: string;
}

interface Deviations {
  origin?: string;
  count?: number;
  /** A certificate of its maker, with whose key it attests the passkey as U2F does. */
  maker?: Certificate;
}

/** An authenticator in software, with the browser around it: one passkey of ES256, without attestation. */
export class Authenticator {
  readonly id = randomBytes(32).toString('base64url');
  count = 0;
  private readonly keys: { publicKey: KeyObject; privateKey: KeyObject } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
  });

  /** @param origin of the page that asks */
  constructor(private readonly origin: string) {}

  /** What the browser answers to options to create a passkey. */
  create({ challenge, rp }: Options, { origin = this.origin, maker }: Deviations = {}): object {
    const { x = '', y = '' } = this.keys.publicKey.export({ format: 'jwk' });
    const key = new Map<number, Cbor>([
      [1, 2],
      [3, -7],
      [-1, 1],
      [-2, Buffer.from(x, 'base64url')],
      [-3, Buffer.from(y, 'base64url')],
    ]);
    const id = Buffer.from(this.id, 'base64url');
    const clientData = this.clientData('webauthn.create', challenge, origin);
    const credential = Buffer.concat([Buffer.alloc(16), Buffer.from([0, id.length]), id, encode(key)]);
    const attestation = new Map<string, Cbor>([
      ['fmt', maker ? 'fido-u2f' : 'none'],
      ['attStmt', maker ? this.attest(maker, clientData, rp?.id ?? '') : new Map()],
      ['authData', Buffer.concat([this.data(rp?.id ?? '', HAS_CREDENTIAL, this.count), credential])],
    ]);
    return this.answer({
      clientDataJSON: clientData.toString('base64url'),
      attestationObject: encode(attestation).toString('base64url'),
      transports: ['usb'],
    });
  }

  /** What the browser answers to options to sign with a passkey. */
  sign(
    { challenge, rpId = '' }: Options,
    { origin = this.origin, count = (this.count += 1) }: Deviations = {},
  ): object {
    const clientData = this.clientData('webauthn.get', challenge, origin);
    const data = this.data(rpId, 0, count);
    return this.answer({
      clientDataJSON: clientData.toString('base64url'),
      authenticatorData: data.toString('base64url'),
      signature: sign('sha256', Buffer.concat([data, sha256(clientData)]), this.keys.privateKey).toString('base64url'),
    });
  }

  private attest({ cert, key }: Certificate, clientData: Buffer, rpId: string): Map<string, Cbor> {
    const { x = '', y = '' } = this.keys.publicKey.export({ format: 'jwk' });
    const point = [Buffer.from([4]), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')];
    const attested = [Buffer.from([0]), sha256(rpId), sha256(clientData), Buffer.from(this.id, 'base64url'), ...point];
    return new Map<string, Cbor>([
      ['sig', sign('sha256', Buffer.concat(attested), readFileSync(key))],
      ['x5c', [new X509Certificate(readFileSync(cert)).raw]],
    ]);
  }

  private answer(response: object): object {
    return { id: this.id, rawId: this.id, type: 'public-key', response, clientExtensionResults: {} };
  }

  private clientData(type: string, challenge: string, origin: string): Buffer {
    return Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }));
  }

  private data(rpId: string, flags: number, count: number): Buffer {
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(count);
    return Buffer.concat([sha256(rpId), Buffer.from([USER_PRESENT | flags]), counter]);
  }
}
