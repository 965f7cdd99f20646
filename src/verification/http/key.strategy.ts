import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import type { FastifyRequest } from 'fastify';
import { Strategy } from 'passport-custom';
import type { AuthenticatedCaller } from '../../access/access.guard.js';
import { readClientSource } from '../../access/caller.js';
import type { AuthScheme } from '../../platform/http/requirement.js';
import { RequestCredentials } from '../request-credentials.js';
import { VerificationService } from '../verification.service.js';
import { readKeyCaller } from './key-caller.js';
import { RequestInspector } from './ports.js';

/** Authenticates a key that is itself the caller, in the headers that the verification routes take. */
@Injectable()
export class KeyStrategy extends PassportStrategy(Strategy, 'key' satisfies AuthScheme) {
  constructor(
    private readonly credentials: RequestCredentials,
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
    const { credential, text } = await this.credentials.read(request);
    const key = await this.verification.authenticate(credential, readClientSource(request), text);
    return key && readKeyCaller(key, request);
  }
}
