import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import type { FastifyRequest } from 'fastify';
import { Strategy } from 'passport-custom';
import type { AuthenticatedCaller } from '../../access/access.guard.js';
import type { AuthScheme } from '../../platform/http/requirement.js';
import { readPresented } from '../presented.js';
import { VerificationService } from '../verification.service.js';
import { readKeyCaller } from './key-caller.js';
import { RequestInspector } from './ports.js';

/** Authenticates a key that is itself the caller, in the headers that the verification routes take. */
@Injectable()
export class KeyStrategy extends PassportStrategy(Strategy, 'key' satisfies AuthScheme) {
  constructor(
    private readonly inspector: RequestInspector,
    private readonly verification: VerificationService,
  ) {
    super();
  }

  /**
   * @returns `null` if there is no valid key
   * @throws {DomainError} `credential.ambiguous`, `credential.in_query`
   */
  async validate(request: FastifyRequest): Promise<AuthenticatedCaller | null> {
    this.inspector.inspect(request);
    const { credential, text } = readPresented(request);
    const key = await this.verification.authenticate(credential, request.ip, text);
    return key && readKeyCaller(key, request);
  }
}
