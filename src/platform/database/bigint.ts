/** Drivers return `null` as it is, and TypeORM asks about it as well. */
const toNumber = (value: string | number | null): number | null => (value === null ? null : Number(value));

/** A column of whole numbers beyond 32 bits, which MySQL and MariaDB return as text. */
export const BIGINT = { type: 'bigint', transformer: { from: toNumber, to: (value: number | null) => value } } as const;
