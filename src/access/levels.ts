/** The levels, as the contract of the accounts surface defines them. A level also allows everything that lower levels allow. */
export const LEVELS = {
  authenticate: 0,
  readSome: 1,
  readOwn: 2,
  writeSome: 3,
  writeOwn: 4,
  readOthersKeys: 5,
  readOthers: 6,
  writeOthers: 7,
  everything: 8,
} as const;

export const MAX_LEVEL = LEVELS.everything;

/** The level of each role. */
export const ROLES = {
  readSome: 1,
  readOnly: 2,
  writeSome: 3,
  user: 4,
  bughunter: 5,
  support: 7,
  admin: 8,
} as const;

export type Role = keyof typeof ROLES;

export const ROLE_NAMES = Object.keys(ROLES) as Role[];
