/** Guarantee: how long an answer takes does not tell whether an address is known. Runs alone because it measures time. */

import { randomUUID } from 'node:crypto';
import { TestServer } from '../support/server.js';

const ATTEMPTS = 60;

describe('the time of an answer about an address', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start();
  });
  afterAll(() => server.stop());

  const newAddress = () => `person-${randomUUID()}@person.example`;
  const signUp = (email: string, unittest = false) =>
    server.call('POST', '/signup', { json: { email, language: 'en', unittest } });

  /** An address of an account that has confirmed it. */
  async function knownAddress(): Promise<string> {
    const email = newAddress();
    const { confirmation } = (await signUp(email, true)).body;
    expect((await server.call('POST', `/confirm/signup/${confirmation}`, { json: { consent: 1 } })).status).toBe(200);
    return email;
  }

  const recover = (email: string) => server.call('POST', '/recover', { json: { email } });

  it.each([
    ['/signup', signUp, 201],
    ['/recover', recover, 200],
  ])(
    'is the same at %s for known addresses and unknown ones',
    async (_, ask, expected) => {
      const known: string[] = [];
      for (let count = 0; count < ATTEMPTS; count += 1) known.push(await knownAddress());
      // Another mail to each may be sent at once.
      server.clock.advance(60);
      const time = async (email: string): Promise<number> => {
        const start = performance.now();
        const { status } = await ask(email);
        const took = performance.now() - start;
        expect(status).toBe(expected);
        return took;
      };
      const [ofKnown, ofUnknown]: [number[], number[]] = [[], []];
      for (const [index, email] of known.entries()) {
        // In turns, and each first as often as the other.
        if (index % 2 === 0) ofKnown.push(await time(email));
        ofUnknown.push(await time(newAddress()));
        if (index % 2 === 1) ofKnown.push(await time(email));
      }
      const ratio = median(ofKnown) / median(ofUnknown);
      expect(ratio).toBeGreaterThan(0.75);
      expect(ratio).toBeLessThan(1.33);
    },
    60_000,
  );
});

const median = (values: number[]): number => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
