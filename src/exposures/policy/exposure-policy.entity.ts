import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What becomes of a key that somebody has found. Its team is told in every case. */
export const REACTIONS = ['notify', 'disable', 'revoke'] as const;
export type Reaction = (typeof REACTIONS)[number];

/** The same for a key that came where it shouldn't; `off` takes no notice of it. */
export const SIGHTING_REACTIONS = ['off', ...REACTIONS] as const;
export type SightingReaction = (typeof SIGHTING_REACTIONS)[number];

/** What a merchant wants done with keys of its that are exposed; without a row it is what stands in `DEFAULT_POLICY`. */
@Entity()
export class ExposurePolicy {
  @PrimaryColumn({ name: 'merchant_id', type: 'varchar', length: 36 })
  merchantId: string;

  /** With those that were reported, by anybody or by GitHub. */
  @Column({ type: 'varchar', length: 10 })
  reported: Reaction;

  /** With those that came in the query of a request, where logs, histories and referrers keep them. */
  @Column({ name: 'in_query', type: 'varchar', length: 10 })
  inQuery: SightingReaction;

  /** With those that came to a trusted proxy by plain HTTP, where everybody on the way can read them. */
  @Column({ name: 'over_http', type: 'varchar', length: 10 })
  overHttp: SightingReaction;
}

/** What is done as long as a merchant says nothing else: its team is told, and nothing stops working. */
export const DEFAULT_POLICY = { reported: 'notify', inQuery: 'notify', overHttp: 'notify' } as const;
