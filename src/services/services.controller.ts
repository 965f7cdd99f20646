import { Body, Controller, Post } from '@nestjs/common';
import { Caller } from '../access/caller.js';
import { LEVELS } from '../access/levels.js';
import { Requires } from '../access/requires.js';
import { ClientKeysService } from '../api-keys/clients/client-keys.service.js';
import { Message, ErrorMessages } from '../platform/http/surfaces/answers.js';
import { Answers, Refuses } from '../platform/http/route-facts.js';
import { levelTooHigh } from '../api-keys/permissions/effective-permissions.js';
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
   * With it your client can create API keys for an hour. Only here an expired login token is answered with 403.
   */
  @Post('generate-service-id')
  @Answers('The Service ID.')
  @Requires(LEVELS.authenticate)
  @Message('Service created')
  @ErrorMessages({ 'credential.expired': { status: 403, message: 'JWT token expired' } })
  async generateServiceId(@Caller() caller: Caller): Promise<ServiceView> {
    return { SERVICE_ID: await this.services.create(caller) };
  }

  /**
   * Generate an API key
   *
   * The answer holds only the id of the key; the list shows its credential.
   */
  @Post('generate-api-key')
  @Answers('The id of the new key.')
  @Refuses('service_id.invalid', 'api_key.limit_reached', levelTooHigh())
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
