import { Body, Controller, Delete, Get, Param, Post, Query, Res } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Caller } from '../../access/caller.js';
import { LEVELS } from '../../access/levels.js';
import { Requires } from '../../access/requires.js';
import { ServicesService } from '../../services/services.service.js';
import { Message, ErrorMessages } from '../../platform/http/surfaces/answers.js';
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
   * The answer holds only its id; the list shows its credential.
   *
   * @throws {403} Your level is below 4, or the Service ID expired or is invalid.
   * @throws {409} Your client has as many active keys as it may have.
   */
  @Post('generate-api-key')
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
   * All keys made on this surface, oldest first. With `page` or `limit` the headers `X-Total-Count` and `Link` (RFC 8288) tell the rest.
   */
  @Get('api-keys')
  @ApiResponse({ status: 200, type: [ClientKeyView], headers: PAGE_HEADERS })
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
   * What can be deleted is; the others are listed in `failed`, each with its own status.
   */
  @Delete('api-keys/bulk')
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
   * For good: its secret is destroyed, and it is refused at once, with every session that was opened with it.
   *
   * @throws {404} There is no such key, or not any more.
   */
  @Delete('api-keys/:id')
  @Requires(LEVELS.writeOwn)
  @Message('API Key deleted successfully')
  @ErrorMessages({ 'access.level_lacking': MAY_NOT_DELETE, 'access.other_owner': MAY_NOT_DELETE })
  async deleteClientApiKey(@Caller() caller: Caller, @Param() { id }: ClientKeyParams): Promise<DeletedKeyView> {
    return presentDeletedKey(await this.keys.delete(caller, id.toLowerCase()));
  }
}
