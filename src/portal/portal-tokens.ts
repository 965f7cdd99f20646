import { Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import type { PortalSession } from './portal-session.entity.js';

/** The rules that every token of a portal session must meet. Its session says until when it is valid. */
export const PORTAL_RULES = {
  algorithms: ['HS256' as const],
  issuer: 'keywright',
  audience: 'keywright/portal',
  ignoreExpiration: true,
};

/** The claims of such a token (RFC 7519). They name a session; what it allows is never read from them. */
export interface PortalClaims {
  purpose: 'portal';
  sid: string;
  iat: number;
  exp: number;
}

/** Issues the tokens of portal sessions. They are signed, so that a text that is none costs no statement. */
@Injectable()
export class PortalTokens {
  constructor(private readonly jwt: JwtService) {}

  issue({ id, createdAt, expiresAt }: PortalSession): string {
    const claims: PortalClaims = { purpose: 'portal', sid: id, iat: inSeconds(createdAt), exp: inSeconds(expiresAt) };
    const { issuer, audience } = PORTAL_RULES;
    return this.jwt.sign(claims, { algorithm: 'HS256', issuer, audience });
  }
}

const inSeconds = (time: Date): number => Math.floor(time.getTime() / 1000);
