import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { provide } from './packages.js';

/** A certificate and its key, as paths of files in PEM. */
export interface Certificate {
  cert: string;
  key: string;
}

/** A certificate authority of a test's own; its files are in a folder. */
export class CertificateAuthority {
  private constructor(
    private readonly openssl: string,
    private readonly folder: string,
    private readonly name: string,
  ) {}

  static create(folder: string, name: string): CertificateAuthority {
    const openssl = provide('OpenSSL', 'openssl', 'openssl');
    if (openssl === null) throw new Error('There is no openssl.');
    const authority = new CertificateAuthority(openssl, folder, name);
    const { key, cert } = authority.files(name);
    authority.run(['req', '-x509', ...NEW_KEY, '-days', '2', '-subj', `/CN=${name}`, '-keyout', key, '-out', cert]);
    return authority;
  }

  /** The path of its own certificate. */
  get path(): string {
    return this.files(this.name).cert;
  }

  /** @param names such as `DNS:localhost` and `IP:127.0.0.1` */
  issue(name: string, names: string[]): Certificate {
    const { key, cert } = this.files(name);
    const extensions = join(this.folder, `${name}.ext`);
    writeFileSync(extensions, names.length > 0 ? `subjectAltName=${names.join(',')}\n` : '');
    const request = join(this.folder, `${name}.csr`);
    this.run(['req', ...NEW_KEY, '-subj', `/CN=${name}`, '-keyout', key, '-out', request]);
    const own = this.files(this.name);
    const signing = ['-CA', own.cert, '-CAkey', own.key, '-CAcreateserial', '-days', '2', '-extfile', extensions];
    this.run(['x509', '-req', '-in', request, ...signing, '-out', cert]);
    return { cert, key };
  }

  private files(name: string): Certificate {
    return { cert: join(this.folder, `${name}.pem`), key: join(this.folder, `${name}.key`) };
  }

  private run(args: string[]): void {
    execFileSync(this.openssl, args, { stdio: 'ignore' });
  }
}

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
