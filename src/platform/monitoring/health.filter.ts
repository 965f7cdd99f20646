import { Catch, ServiceUnavailableException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { HealthCheckResult } from '@nestjs/terminus';
import type { FastifyReply } from 'fastify';
import type { ErrorCode } from '../events/domain-error.js';
import { ERROR_CODE } from '../http/surfaces/answers.js';
import { presentReadiness } from './health.presenter.js';

/** Answers a failed check in the shape of a successful one, with the status of the failure. */
@Catch(ServiceUnavailableException)
export class HealthFilter implements ExceptionFilter<ServiceUnavailableException> {
  async catch(failed: ServiceUnavailableException, host: ArgumentsHost): Promise<void> {
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    await reply
      .status(failed.getStatus())
      .header(ERROR_CODE, 'unavailable' satisfies ErrorCode)
      .send(presentReadiness(failed.getResponse() as HealthCheckResult));
  }
}
