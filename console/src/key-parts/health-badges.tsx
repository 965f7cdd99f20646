import type { ApplicationKeyView, KeyView } from '../api/sdk.js';
import { useTexts } from '../texts/texts.js';
import { Badge, type Tone } from '../ui/badge.js';

const SOON_MS = 30 * 86_400_000;
const IDLE_MS = 90 * 86_400_000;

const TONES: Record<string, Tone> = { active: 'good', disabled: 'warning', expired: 'bad' };

export function StatusBadge({ status }: { status: KeyView['status'] }) {
  const { status: words } = useTexts();
  return <Badge tone={TONES[status] ?? 'quiet'}>{words[status]}</Badge>;
}

type Health = keyof ReturnType<typeof useTexts>['health'];

/** Returns what deserves attention about a key, the most urgent first. */
export function healthOf(key: KeyView | ApplicationKeyView, nowMs = Date.now()): { name: Health; tone: Tone }[] {
  const found: { name: Health; tone: Tone }[] = [];
  if (key.exposedAt !== null) found.push({ name: 'exposed', tone: 'bad' });
  if (key.status === 'active') {
    if (key.expiresAt !== null && Date.parse(key.expiresAt) - nowMs < SOON_MS)
      found.push({ name: 'expiring', tone: 'warning' });
    if (key.lastUsedAt === null) found.push({ name: 'neverUsed', tone: 'quiet' });
    else if (nowMs - Date.parse(key.lastUsedAt) > IDLE_MS) found.push({ name: 'idle', tone: 'quiet' });
    if (key.previousKey !== null) found.push({ name: 'rotating', tone: 'quiet' });
  }
  return found;
}

export function HealthBadges({ of }: { of: KeyView | ApplicationKeyView }) {
  const { health } = useTexts();
  return (
    <>
      {healthOf(of).map(({ name, tone }) => (
        <Badge key={name} tone={tone}>
          {health[name]}
        </Badge>
      ))}
    </>
  );
}
