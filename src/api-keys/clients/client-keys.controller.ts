import { policyRefusals } from '../policy/key-policy.js';
import { Body, Controller, Delete, Get, Param, Post, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Caller } from '../../access/caller.js';
import { LEVELS } from '../../access/levels.js';
import { Requires } from '../../access/requires.js';
import { ServicesService } from '../../services/services.service.js';
import { Message, ErrorMessages } from '../../platform/http/surfaces/answers.js';
import { Answers, Refuses } from '../../platform/http/route-facts.js';
import { levelTooHigh } from '../permissions/effective-permissions.js';
import {
  ClientKeyParams,
  CreateClientKeyBody,
  CreatedClientKeyView,
  DeleteClientKeysBody,
  ListClientKeysQuery,
  ClientKeyView,
  DeletedKeysView,
  DeletedKeyView,
} from './client-keys.dto.js';
import { presentClientKey, presentDeletedKey, presentDeletedKeys } from './client-keys.presenter.js';
import { ClientKeysService } from './client-keys.service.js';
import { pageHeaders } from './page-headers.js';

const PAGE_HEADERS = {
  'X-Total-Count': { description: 'Keys on all pages.', schema: { type: 'integer' } },
  Link: { description: 'The pages around this one (RFC 8288).', schema: { type: 'string' } },
};

const MAY_NOT_DELETE = { message: 'Insufficient permissions to delete this API key' };

@Controller('api/clients')
export class ClientKeysController {
  constructor(
    private readonly keys: ClientKeysService,
    private readonly services: ServicesService,
  ) {}

  /**
   * Generate an API key
   *
   * The answer holds only the id of the key; the list shows its credential.
   */
  @Post('generate-api-key')
  @Answers('The id of the new key.')
  @Refuses('service_id.invalid', 'api_key.limit_reached', levelTooHigh(), ...policyRefusals('clients'))
  @Requires(LEVELS.writeOwn)
  @Message('API Key created')
  async generateClientApiKey(
    @Caller() caller: Caller,
    @Body() body: CreateClientKeyBody,
  ): Promise<CreatedClientKeyView> {
    const service = await this.services.find(caller, body.service_id);
    const { id } = await this.keys.create(caller, service.id, body.expires_in);
    return { id };
  }

  /**
   * List the client's API keys
   *
   * All keys created on this surface, oldest first. With `page` or `limit`, the headers `X-Total-Count` and `Link` (RFC 8288) describe the
   * other pages.
   */
  @Get('api-keys')
  @Answers("The client's keys, or a page of them.", PAGE_HEADERS)
  @Requires(LEVELS.readOwn)
  @Message('API keys list')
  async listClientApiKeys(
    @Caller() caller: Caller,
    @Query() query: ListClientKeysQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ClientKeyView[]> {
    const [keys, count] = await this.keys.list(caller, query);
    void reply.headers(pageHeaders(reply.request.url, query, count));
    return keys.map((key) => presentClientKey(key, caller.clientId));
  }

  /**
   * Delete several API keys
   *
   * Keys that cannot be deleted are listed in `failed`, each with a status of its own; all others are deleted.
   */
  @Delete('api-keys/bulk')
  @Answers('The deleted keys, and those that could not be deleted.')
  @Requires(LEVELS.writeOwn)
  @Message('API Keys deleted successfully')
  @ErrorMessages({
    'access.level_lacking': MAY_NOT_DELETE,
    'request.body_missing': { message: 'Invalid API key ID format' },
  })
  async deleteClientApiKeys(@Caller() caller: Caller, @Body() body: DeleteClientKeysBody): Promise<DeletedKeysView> {
    return presentDeletedKeys(await this.keys.deleteMany(caller, body.api_key_ids));
  }

  /**
   * Delete an API key
   *
   * Permanently: its secret is destroyed, and the key and every session that was opened with it are refused at once.
   */
  @Delete('api-keys/:id')
  @Answers('The id of the deleted key, and when it was deleted.')
  @Refuses('api_key.not_found', 'access.other_owner')
  @Requires(LEVELS.writeOwn)
  @Message('API Key deleted successfully')
  @ErrorMessages({ 'access.level_lacking': MAY_NOT_DELETE, 'access.other_owner': MAY_NOT_DELETE })
  async deleteClientApiKey(@Caller() caller: Caller, @Param() { id }: ClientKeyParams): Promise<DeletedKeyView> {
    return presentDeletedKey(await this.keys.delete(caller, id.toLowerCase()));
  }
}
