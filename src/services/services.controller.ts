import { Controller, Post } from '@nestjs/common';
import { Caller } from '../access/caller.js';
import { LEVELS } from '../access/levels.js';
import { Requires } from '../access/requires.js';
import { Message, ErrorMessages } from '../platform/http/surfaces/answers.js';
import { ServiceView } from './services.dto.js';
import { ServicesService } from './services.service.js';

@Controller('api/clients')
export class ServicesController {
  constructor(private readonly services: ServicesService) {}

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
}
