import { Controller, Post } from '@nestjs/common';
import { Caller } from '../access/caller.js';
import { LEVELS } from '../access/levels.js';
import { Requires } from '../access/requires.js';
import { Message, ErrorMessages } from '../platform/http/surfaces/answers.js';
import { Answers } from '../platform/http/route-facts.js';
import { ServiceView } from './services.dto.js';
import { ServicesService } from './services.service.js';

@Controller('api/clients')
export class ServicesController {
  constructor(private readonly services: ServicesService) {}

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
}
