/** What an idle instance keeps while others need more, as a part of the limit, so that its next requests needn't be refused. */
const SEED = 0.02;

/** How much more than it uses an instance keeps. */
const MARGIN = 1.25;

/** Another instance's share. */
export interface OtherShare {
  share: number;
  isShort: boolean;
}

interface Situation {
  limit: number;
  /** The number of instances that hold a lease, including this one. */
  instances: number;
  /** The shares of other instances: those that have one in the database, and those that have stopped and are remembered. */
  others: OtherShare[];
  /** The number of live instances, other than this one, without a share in the database. */
  unlisted: number;
  /** What this instance may use now. */
  current: number;
  /** What this instance has used in the window that ends now. */
  used: number;
  /** Whether this instance has refused requests. */
  isShort: boolean;
}

interface SharePlan {
  /** What the instance keeps of its current share. The rest it gives up before others can have it. */
  keep: number;
  /** What the instance may take of what is free. */
  target: number;
  /** What no instance holds, apart from this one. */
  free: number;
  /** Whether equal shares would be enough for every instance. */
  canEnd: boolean;
}

export const equalShare = (limit: number, instances: number): number => Math.floor(limit / instances);

/**
 * Decides which part of a rate limit an instance keeps, and how much it may take. Instances that need more share equally what the others don't
 * use. What has been used stays with the instance until it has left the window, so that the sum is never exceeded.
 */
export function planShare({ limit, instances, others, unlisted, current, used, isShort }: Situation): SharePlan {
  const equal = equalShare(limit, instances);
  const short = others.filter((other) => other.isShort).length;
  const held = others.reduce((sum, { share }) => sum + share, unlisted * equal);
  const heldByContent = others.reduce((sum, other) => (other.isShort ? sum : sum + other.share), unlisted * equal);
  const free = limit - held;
  let target: number;
  if (isShort) target = Math.floor((limit - heldByContent) / (short + 1));
  else if (short > 0) target = Math.min(equal, Math.max(Math.ceil(used * MARGIN), Math.floor(limit * SEED)));
  else target = Math.max(Math.ceil(used * MARGIN), equal);
  const keep = Math.min(current, Math.max(used, target));
  const canEnd = !isShort && short === 0 && keep <= equal && others.every(({ share }) => share <= equal);
  return { keep, target, free, canEnd };
}
