import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import { LEVELS, ROLES } from '../../../src/access/levels.js';
import type { AccountView } from '../api/sdk.js';

/** Who is signed in. */
export interface Session {
  account: AccountView;
  /** What the account may do, from 0 to 8. */
  level: number;
  signOut: () => Promise<void>;
}

export const SessionContext = createContext<Session | null>(null);

/** @throws {Error} outside of the pages that need a session */
export function useSession(): Session {
  const session = useContext(SessionContext);
  if (session === null) throw new Error('Nobody is signed in here.');
  return session;
}

export const levelOf = ({ role }: AccountView): number => ROLES[role];

/** Whether the person may do what takes a level; the server decides it all the same. */
export const useMay = (level: number): boolean => useSession().level >= level;

export { LEVELS };
