import { Link, useRoute } from 'wouter-preact';
import { LEVELS, useSession } from '../session/session.js';
import { useTexts, type Texts } from '../texts/texts.js';

/** A page of the main navigation. */
export interface Destination {
  path: string;
  name: keyof Texts['shell'];
  /** The level that its page takes. */
  level: number;
}

export const DESTINATIONS: Destination[] = [
  { path: '/', name: 'overview', level: LEVELS.readSome },
  { path: '/keys', name: 'keys', level: LEVELS.readSome },
  { path: '/applications', name: 'applications', level: LEVELS.readSome },
  { path: '/client-keys', name: 'clientKeys', level: LEVELS.readOwn },
  { path: '/members', name: 'members', level: LEVELS.readOwn },
  { path: '/webhooks', name: 'webhooks', level: LEVELS.writeOwn },
  { path: '/policies', name: 'policies', level: LEVELS.readOwn },
  { path: '/audit', name: 'audit', level: LEVELS.writeOwn },
  { path: '/merchant', name: 'merchant', level: LEVELS.authenticate },
  { path: '/merchants', name: 'merchants', level: LEVELS.readOthers },
  { path: '/accounts', name: 'accounts', level: LEVELS.writeOthers },
  { path: '/traffic', name: 'traffic', level: LEVELS.readOthersKeys },
  { path: '/instances', name: 'instances', level: LEVELS.readOthers },
  { path: '/housekeeping', name: 'housekeeping', level: LEVELS.everything },
  { path: '/my-keys', name: 'myKeys', level: LEVELS.writeOwn },
  { path: '/settings', name: 'settings', level: LEVELS.authenticate },
];

function NavigationLink({ path, name }: Destination) {
  const { shell } = useTexts();
  const [isCurrent] = useRoute(path === '/' ? '/' : `${path}/*?`);
  return (
    <li>
      <Link href={path} aria-current={isCurrent ? 'page' : undefined}>
        {shell[name]}
      </Link>
    </li>
  );
}

/** The pages that the person's level allows. */
export function Navigation() {
  const { shell } = useTexts();
  const { level } = useSession();
  return (
    <nav aria-label={shell.navigation}>
      <ul>
        {DESTINATIONS.filter((destination) => destination.level <= level).map((destination) => (
          <NavigationLink key={destination.path} {...destination} />
        ))}
      </ul>
    </nav>
  );
}
