import { Controller, Get, UseFilters } from '@nestjs/common';
import { ApiServiceUnavailableResponse, ApiTags } from '@nestjs/swagger';
import { TakesUnknownNames } from '../http/input/unknown-names.interceptor.js';
import { Public } from '../http/requirement.js';
import { Answers, Refuses } from '../http/route-facts.js';
import { LivenessView, ReadinessView } from './health.dto.js';
import { readVersion } from '../runtime/version.js';
import { HealthFilter } from './health.filter.js';
import { presentReadiness } from './health.presenter.js';
import { Readiness } from './readiness.js';

@Controller('health')
@ApiTags('Health')
@UseFilters(HealthFilter)
export class HealthController {
  private readonly version = readVersion();

  constructor(private readonly readiness: Readiness) {}

  /**
   * Check whether the process answers
   *
   * For a supervisor that restarts it when it does not. The database is not checked, because a restart would not bring it back.
   */
  @Get('live')
  @Answers('The process answers.')
  @TakesUnknownNames()
  @Public({ limit: 'none' })
  checkLiveness(): LivenessView {
    return { status: 'ok', version: this.version };
  }

  /**
   * Check whether the server is ready for requests
   *
   * For load balancers: the database answers, its tables are of this version, this instance holds its lease, and revocations can be written to
   * the journal. A server that is stopping
   * is not ready.
   */
  @Get('ready')
  @Answers('The server is ready.')
  @Refuses('unavailable')
  @TakesUnknownNames()
  @Public({ limit: 'none' })
  @ApiServiceUnavailableResponse({
    type: ReadinessView,
    description: 'The server is not ready; `details` says why.',
    example: {
      status: 'error',
      details: {
        database: { status: 'down', message: 'The database does not answer.' },
        migrations: { status: 'down', message: 'The database does not answer.' },
        lease: { status: 'up' },
        revocation_journal: { status: 'up' },
      },
    },
  })
  async checkReadiness(): Promise<ReadinessView> {
    return presentReadiness(await this.readiness.check());
  }
}
