import type { HealthCheckResult } from '@nestjs/terminus';
import type { ReadinessView } from './health.dto.js';

export const presentReadiness = ({ status, details }: HealthCheckResult): ReadinessView =>
  ({ status, details }) as ReadinessView;
