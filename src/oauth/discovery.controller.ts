import { Controller, Get, Header } from '@nestjs/common';
import { Config } from '../platform/config/config.js';
import { Public } from '../platform/http/requirement.js';
import { Answers } from '../platform/http/route-facts.js';
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
   * (RFC 7517) Each key is published a day before it signs, until every token that it signed has expired.
   */
  @Get('jwks.json')
  @Answers('The public keys that verify access tokens.')
  @Header('Cache-Control', CACHED_FOR_AN_HOUR)
  @Public({ limit: 'none' })
  readSigningKeys(): JwksView {
    return presentKeySet(this.signingKeys.published());
  }

  /**
   * Read the metadata of the authorization server
   *
   * (RFC 8414) Its issuer is `PUBLIC_URL`.
   */
  @Get('oauth-authorization-server')
  @Answers('The metadata of the authorization server.')
  @Header('Cache-Control', CACHED_FOR_AN_HOUR)
  @Public({ limit: 'none' })
  readAuthorizationServer(): MetadataView {
    return presentMetadata(this.config.publicUrl);
  }
}
