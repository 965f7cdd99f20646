import { useId } from 'preact/hooks';
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

/** A part of the main navigation. */
interface Group {
  name: keyof Texts['shell'];
  destinations: Destination[];
}

const GROUPS: Group[] = [
  {
    name: 'ofMerchant',
    destinations: [
      { path: '/', name: 'overview', level: LEVELS.readSome },
      { path: '/keys', name: 'keys', level: LEVELS.readSome },
      { path: '/applications', name: 'applications', level: LEVELS.readSome },
      { path: '/client-keys', name: 'clientKeys', level: LEVELS.readOwn },
      { path: '/members', name: 'members', level: LEVELS.readOwn },
      { path: '/webhooks', name: 'webhooks', level: LEVELS.writeOwn },
      { path: '/policies', name: 'policies', level: LEVELS.readOwn },
      { path: '/audit', name: 'audit', level: LEVELS.writeOwn },
      { path: '/merchant', name: 'merchant', level: LEVELS.authenticate },
    ],
  },
  {
    name: 'ofServer',
    destinations: [
      { path: '/merchants', name: 'merchants', level: LEVELS.readOthers },
      { path: '/accounts', name: 'accounts', level: LEVELS.writeOthers },
      { path: '/traffic', name: 'traffic', level: LEVELS.readOthersKeys },
      { path: '/instances', name: 'instances', level: LEVELS.readOthers },
      { path: '/housekeeping', name: 'housekeeping', level: LEVELS.everything },
    ],
  },
  {
    name: 'ofPerson',
    destinations: [
      { path: '/my-keys', name: 'myKeys', level: LEVELS.writeOwn },
      { path: '/settings', name: 'settings', level: LEVELS.authenticate },
    ],
  },
];

export const DESTINATIONS: Destination[] = GROUPS.flatMap(({ destinations }) => destinations);

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

function NavigationGroup({ name, destinations }: Group) {
  const { shell } = useTexts();
  const id = useId();
  return (
    <div class="nav-group">
      <p id={id}>{shell[name]}</p>
      <ul aria-labelledby={id}>
        {destinations.map((destination) => (
          <NavigationLink key={destination.path} {...destination} />
        ))}
      </ul>
    </div>
  );
}

interface NavigationProps {
  id: string;
  /** Whether it is shown where there is little room. */
  isOpen: boolean;
}

/** The pages that the person's level allows. */
export function Navigation({ id, isOpen }: NavigationProps) {
  const { shell } = useTexts();
  const { level } = useSession();
  const allowed = GROUPS.map(({ name, destinations }) => ({
    name,
    destinations: destinations.filter((destination) => destination.level <= level),
  }));
  return (
    <nav id={id} aria-label={shell.navigation} class={isOpen ? 'open' : undefined}>
      {allowed.map((group) => group.destinations.length > 0 && <NavigationGroup key={group.name} {...group} />)}
    </nav>
  );
}
