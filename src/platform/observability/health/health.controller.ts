import { Controller, Get, Header, UseFilters } from '@nestjs/common';
import { ApiServiceUnavailableResponse } from '@nestjs/swagger';
import { Public } from '../../../access/requires.js';
import { LivenessView, ReadinessView } from './health.dto.js';
import { HealthFilter } from './health.filter.js';
import { presentReadiness } from './health.presenter.js';
import { Readiness } from './readiness.js';

@Controller('health')
@UseFilters(HealthFilter)
export class HealthController {
  constructor(private readonly readiness: Readiness) {}

  /**
   * Check whether the process answers
   *
   * For whoever starts it anew when it doesn't. It says nothing of the database, which no new start brings back.
   *
   * @throws {400} The request is malformed.
   */
  @Get('live')
  @Header('Cache-Control', 'no-store')
  @Public()
  checkLiveness(): LivenessView {
    return { status: 'ok' };
  }

  /**
   * Check whether the server may be sent requests
   *
   * For load balancers: the database answers, its tables are of this version, and this instance holds its lease. A server that is told to
   * stop says so here first.
   *
   * @throws {400} The request is malformed.
   */
  @Get('ready')
  @Header('Cache-Control', 'no-store')
  @Public()
  @ApiServiceUnavailableResponse({
    type: ReadinessView,
    description: 'It may not; `details` says what is wrong.',
    example: {
      status: 'error',
      details: {
        database: { status: 'down', message: 'The database does not answer.' },
        migrations: { status: 'down', message: 'The database does not answer.' },
        lease: { status: 'up' },
      },
    },
  })
  async checkReadiness(): Promise<ReadinessView> {
    return presentReadiness(await this.readiness.check());
  }
}
