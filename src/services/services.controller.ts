import { Body, Controller, Post } from '@nestjs/common';
import { Caller } from '../access/caller.js';
import { LEVELS } from '../access/levels.js';
import { Requires } from '../access/requires.js';
import { ClientKeysService } from '../api-keys/clients/client-keys.service.js';
import { Message, ErrorMessages } from '../platform/http/surfaces/answers.js';
import { CreateClientKeyBody, CreatedClientKeyView, ServiceView } from './services.dto.js';
import { ServicesService } from './services.service.js';

@Controller('api/clients')
export class ServicesController {
  constructor(
    private readonly keys: ClientKeysService,
    private readonly services: ServicesService,
  ) {}

  /**
   * Generate a Service ID
   *
   * It permits your client to make API keys for an hour. Here alone an expired login token is told apart, by 403.
   */
  @Post('generate-service-id')
  @Requires(LEVELS.authenticate)
  @Message('Service created')
  @ErrorMessages({ 'credential.expired': { status: 403, message: 'JWT token expired' } })
  async generateServiceId(@Caller() caller: Caller): Promise<ServiceView> {
    return { SERVICE_ID: await this.services.create(caller) };
  }

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
}
