import type { Answer } from './http.js';
import { PASSWORD, type TestServer, type User } from './server.js';

/** The path of the link in the newest mail to an address, once that many mails have come. */
export async function mailedLink(server: TestServer, email: string, count = 1): Promise<string> {
  // A mail server may see the part after the @ in small letters.
  const { text } = await server.mailbox.latestTo(
    email.replace(/@.*/, (host) => host.toLowerCase()),
    count,
  );
  const path = /https?:\/\/[^/\s]+(\/\S+)/.exec(text)?.[1];
  if (!path) throw new Error(`No link in the mail to ${email}.`);
  server.secrets.add(/[\da-f]{48}/.exec(path)?.[0] ?? path);
  return path;
}

/** The path of a link in an answer. */
export function pathOf(link: string): string {
  const { pathname, search } = new URL(link);
  return pathname + search;
}

/** What an invited member sends. */
export const NEW_MEMBER = { password: PASSWORD, firstName: 'Grace', lastName: 'Hopper' };

/** What an invited merchant sends. */
export const newMerchantBody = (email: string): object => ({
  organization: { legalBusinessName: 'Example Shop Ltd' },
  admin: { email, password: PASSWORD, firstName: 'Ada', lastName: 'Lovelace' },
});

/** Invites an address to a merchant. @returns the path of the link in the answer */
export async function invite(server: TestServer, { token }: User, email: string, role = 'user'): Promise<string> {
  const { body } = await server.call('POST', '/api/v1/members', { token, json: { email, role } });
  return pathOf(body.signupLink);
}

/** A merchant whose first member has this address, which nobody has proven. */
export async function signUpMerchant(server: TestServer, email: string): Promise<Answer> {
  const { body } = await server.call('POST', '/api/v1/merchants/invite', { token: server.admin.token, json: {} });
  return server.call('POST', pathOf(body.signupLink), { json: newMerchantBody(email) });
}
