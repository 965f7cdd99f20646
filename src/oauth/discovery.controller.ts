import { Controller, Get, Header } from '@nestjs/common';
import { Public } from '../access/requires.js';
import { Config } from '../platform/config/config.js';
import { JwksView, MetadataView } from './discovery.dto.js';
import { presentKeySet, presentMetadata } from './oauth.presenter.js';
import { SigningKeys } from './signing-keys.js';

/** Much shorter than the time for which a signing key is published ahead. */
const CACHED_FOR_AN_HOUR = 'public, max-age=3600';

@Controller('.well-known')
export class DiscoveryController {
  constructor(
    private readonly config: Config,
    private readonly signingKeys: SigningKeys,
  ) {}

  /**
   * Read the keys that sign access tokens
   *
   * (RFC 7517) A key is here a day before it signs, and until every token that it signed has ended.
   *
   * @throws {400} The request is malformed.
   */
  @Get('jwks.json')
  @Header('Cache-Control', CACHED_FOR_AN_HOUR)
  @Public()
  readSigningKeys(): JwksView {
    return presentKeySet(this.signingKeys.published());
  }

  /**
   * Read what OAuth clients need to know
   *
   * The metadata of the authorization server (RFC 8414). Its issuer is `PUBLIC_URL`.
   *
   * @throws {400} The request is malformed.
   */
  @Get('oauth-authorization-server')
  @Header('Cache-Control', CACHED_FOR_AN_HOUR)
  @Public()
  readAuthorizationServer(): MetadataView {
    return presentMetadata(this.config.publicUrl);
  }
}
