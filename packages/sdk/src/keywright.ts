import { Resources } from './resources/all.js';
import type { Credential } from './transport/credentials.js';
import { Transport, type TransportOptions } from './transport/transport.js';

/** Where the server is, one credential, and how requests are made. */
export type KeywrightOptions = TransportOptions & Credential;

/**
 * A client of a Keywright server, with one credential.
 *
 *     const keywright = new Keywright({ url: 'https://keys.example.com', token });
 *     const key = await keywright.keys.create({ description: 'Checkout' });
 */
export class Keywright extends Resources {
  /** @throws {TypeError} if the URL is none */
  constructor(options: KeywrightOptions) {
    super(new Transport(options));
  }
}
