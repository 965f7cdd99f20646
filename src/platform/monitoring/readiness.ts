import { Injectable } from '@nestjs/common';
import { HealthCheckService, HealthIndicatorService, type HealthCheckResult } from '@nestjs/terminus';
import { ReadinessChecks } from '../observability/health/readiness-checks.js';

/** Whether this instance may be sent requests. */
@Injectable()
export class Readiness {
  constructor(
    private readonly checks: ReadinessChecks,
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
  ) {}

  /** @throws {ServiceUnavailableException} with the same result, when a part is down or the server is being stopped */
  check(): Promise<HealthCheckResult> {
    return this.health.check(
      this.checks.all.map((check) => async () => {
        const indicator = this.indicators.check(check.name);
        const message = await check.findProblem();
        return message === null ? indicator.up() : indicator.down({ message });
      }),
    );
  }
}
