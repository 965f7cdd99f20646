import { Link } from 'wouter-preact';
import type { AuditEventView } from '../api/sdk.js';
import { useTexts, type Texts } from '../texts/texts.js';
import { Time } from '../ui/time.js';

/** Returns who did something, in words. */
function nameOfActor({ kind, username }: AuditEventView['actor'], { audit }: Texts): string {
  if (kind === 'system') return audit.system;
  if (username != null) return kind === 'key' ? `${audit.byKey} (${username})` : username;
  return kind === 'visitor' ? audit.visitor : audit.byKey;
}

/** Returns what somebody did: in words, or, if the server has been updated meanwhile, as the trail names it. */
const nameOfAction = (action: string, { audit }: Texts): string =>
  (audit.actions as Record<string, string | undefined>)[action] ?? action;

/** Returns what an event says somebody did: a change of a key that disables or enables it is called that. */
function wordsOf({ action, details }: AuditEventView, texts: Texts): string {
  const { fields, isActive } = details;
  const isSwitch = action === 'api_key.updated' && Array.isArray(fields) && fields.join() === 'isActive';
  if (isSwitch) return isActive === true ? texts.audit.enabledKey : texts.audit.disabledKey;
  return nameOfAction(action, texts);
}

/** How much of a public id names a key, as lists of keys show it. */
const PREFIX_LENGTH = 12;

/** The name that the target had, where the event tells it, or the beginning of its public id. */
function nameOfTarget({ details }: AuditEventView): string | undefined {
  const { description, name, email, publicId } = details;
  const named = [description, name, email].find((text) => typeof text === 'string');
  return named ?? (typeof publicId === 'string' ? `${publicId.slice(0, PREFIX_LENGTH)}…` : undefined);
}

/** Events of which nothing but the time differs, one after the other. */
interface Run {
  latest: AuditEventView;
  count: number;
}

function runsOf(events: AuditEventView[]): Run[] {
  const runs: Run[] = [];
  const about = ({ action, actor, target }: AuditEventView): string => JSON.stringify([action, actor, target]);
  for (const event of events) {
    const run = runs.at(-1);
    if (run !== undefined && about(run.latest) === about(event)) run.count += 1;
    else runs.push({ latest: event, count: 1 });
  }
  return runs;
}

interface EventListProps {
  events: AuditEventView[];
  /** Whether they are all about one thing, which then need not be named each time. */
  isOfOne?: boolean;
  /** How many lines to show at most. */
  most?: number;
}

/** What happened, the latest first. */
export function EventList({ events, isOfOne = false, most = Infinity }: EventListProps) {
  const texts = useTexts();
  return (
    <ol class="events">
      {runsOf(events)
        .slice(0, most)
        .map(({ latest: event, count }) => (
          <li key={event.id}>
            <span>
              <bdi class="actor">{nameOfActor(event.actor, texts)}</bdi> {wordsOf(event, texts)}
              {!isOfOne && <Target event={event} />}
              {count > 1 && <span class="faint"> × {count}</span>}
            </span>
            <span class="faint">
              <Time value={event.createdAt} />
            </span>
          </li>
        ))}
    </ol>
  );
}

function Target({ event }: { event: AuditEventView }) {
  const name = nameOfTarget(event);
  if (name === undefined) return null;
  // Only the keys of this surface have a page.
  const { surface = 'merchants' } = event.details as { surface?: string };
  const canBeShown = event.target.type === 'api_key' && event.action !== 'api_key.deleted' && surface === 'merchants';
  return (
    <>
      {' '}
      {canBeShown ? (
        <Link href={`/keys/${event.target.id}`}>
          <bdi>{name}</bdi>
        </Link>
      ) : (
        <bdi>{name}</bdi>
      )}
    </>
  );
}
