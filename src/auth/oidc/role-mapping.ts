import { ROLES, type Role } from '../../access/levels.js';

/** Maps what the provider says of a person to a role. */
export class RoleMapping {
  /**
   * @param claim the claim that holds the person's groups
   * @param roles the roles of groups
   * @param defaultRole the role of a person none of whose groups has one; `null` if there is none
   */
  constructor(
    private readonly claim: string,
    private readonly roles: ReadonlyMap<string, Role>,
    private readonly defaultRole: Role | null,
  ) {}

  /** Returns whether the claim is there. */
  hasGroups(claims: Record<string, unknown>): boolean {
    return readTexts(claims, this.claim).length > 0;
  }

  /** Returns the highest role of a person's groups; `null` for a person who has none. */
  roleOf(claims: Record<string, unknown>): Role | null {
    const found = readTexts(claims, this.claim).flatMap((group) => this.roles.get(group) ?? []);
    const [highest = this.defaultRole] = found.sort((a, b) => ROLES[b] - ROLES[a]);
    return highest;
  }
}

/** Reads a claim that is a text or a list of texts. `a.b` is the claim of this name, or else the field `b` of the claim `a`. */
export function readTexts(claims: Record<string, unknown>, path: string): string[] {
  const value = own(claims, path) ?? path.split('.').reduce<unknown>(own, claims);
  return [value].flat().filter((item) => typeof item === 'string');
}

const own = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;
