import type { WebhookView } from '../api/sdk.js';
import { useTexts } from '../texts/texts.js';
import { Badge, type Tone } from '../ui/badge.js';

type State = 'active' | 'failing' | 'paused' | 'disabled';

const TONES: Record<State, Tone> = { active: 'good', failing: 'warning', paused: 'bad', disabled: 'warning' };

function stateOf({ enabled, pausedAt, consecutiveFailures }: WebhookView): State {
  if (!enabled) return 'disabled';
  if (pausedAt !== null) return 'paused';
  return consecutiveFailures > 0 ? 'failing' : 'active';
}

/** Whether the endpoint receives events, and if not, who has decided so. */
export function EndpointBadge({ of: endpoint }: { of: WebhookView }) {
  const { webhooks: texts } = useTexts();
  const state = stateOf(endpoint);
  return <Badge tone={TONES[state]}>{texts.states[state]}</Badge>;
}
