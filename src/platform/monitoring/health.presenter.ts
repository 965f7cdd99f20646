import type { HealthCheckResult } from '@nestjs/terminus';
import type { HealthPartsView, ReadinessView } from './health.dto.js';

export const presentReadiness = ({ status, details }: HealthCheckResult): ReadinessView => ({
  status: status as ReadinessView['status'],
  details: details as unknown as HealthPartsView,
});
