import { Catch, ServiceUnavailableException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { HealthCheckResult } from '@nestjs/terminus';
import type { FastifyReply } from 'fastify';
import { presentReadiness } from './health.presenter.js';

/** Answers what a failed check has found as a check that hasn't failed is answered, but for the status. */
@Catch(ServiceUnavailableException)
export class HealthFilter implements ExceptionFilter<ServiceUnavailableException> {
  async catch(failed: ServiceUnavailableException, host: ArgumentsHost): Promise<void> {
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    await reply.status(failed.getStatus()).send(presentReadiness(failed.getResponse() as HealthCheckResult));
  }
}
