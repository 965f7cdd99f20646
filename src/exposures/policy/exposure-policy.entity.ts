import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Reactions to a reported key. Its team is notified in every case. */
export const REACTIONS = ['notify', 'disable', 'revoke'] as const;
export type Reaction = (typeof REACTIONS)[number];

/** Reactions to a detected key; `off` ignores it. */
export const SIGHTING_REACTIONS = ['off', ...REACTIONS] as const;
export type SightingReaction = (typeof SIGHTING_REACTIONS)[number];

/** A merchant's policy for exposed keys; `DEFAULT_POLICY` without a row. */
@Entity()
export class ExposurePolicy {
  @PrimaryColumn({ name: 'merchant_id', type: 'varchar', length: 36 })
  merchantId: string;

  /** The reaction to keys that were reported, by anyone or by GitHub. */
  @Column({ type: 'varchar', length: 10 })
  reported: Reaction;

  /** The reaction to keys in the query of a request, which logs, histories and referrers record. */
  @Column({ name: 'in_query', type: 'varchar', length: 10 })
  inQuery: SightingReaction;

  /** The reaction to keys that reached a trusted proxy over plain HTTP, readable on the way. */
  @Column({ name: 'over_http', type: 'varchar', length: 10 })
  overHttp: SightingReaction;
}

/** The default policy: the team is notified, and the key remains valid. */
export const DEFAULT_POLICY = { reported: 'notify', inQuery: 'notify', overHttp: 'notify' } as const;
