import { useQuery } from '@tanstack/preact-query';
import { api } from '../api/client.js';
import type { HealthPartsView } from '../api/sdk.js';
import { useTexts } from '../texts/texts.js';
import { Badge } from '../ui/badge.js';
import { Card } from '../ui/card.js';
import { Facts } from '../ui/facts.js';
import { Failure } from '../ui/failure.js';

const REFRESH_MS = 10_000;

/** Whether the parts that the answering instance needs work. */
export function ReadinessCard() {
  const { instances: texts } = useTexts();
  const { error, data } = useQuery({
    queryKey: ['readiness'],
    queryFn: () => api.health.checkReadiness(),
    refetchInterval: REFRESH_MS,
  });
  return (
    <Card title={texts.health}>
      <Failure error={error} />
      {data !== undefined && (
        <Facts
          facts={(Object.keys(texts.parts) as (keyof HealthPartsView)[]).map((part) => {
            const { status, message } = data.details[part];
            const isUp = status === 'up';
            return [
              texts.parts[part],
              <Badge key={part} tone={isUp ? 'good' : 'bad'}>
                {isUp ? texts.up : (message ?? texts.down)}
              </Badge>,
            ] as const;
          })}
        />
      )}
    </Card>
  );
}
