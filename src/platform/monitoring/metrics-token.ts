import { createHash, timingSafeEqual } from 'node:crypto';

/** Whether an `Authorization` header shows the token, in a time that tells nothing of it. */
export function showsToken(authorization: string | undefined, token: string): boolean {
  const [, shown] = /^Bearer +(\S+) *$/i.exec(authorization ?? '') ?? [];
  return shown !== undefined && timingSafeEqual(digest(shown), digest(token));
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
