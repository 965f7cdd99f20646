/** A column of whole numbers beyond 32 bits, which MySQL and MariaDB return as text. */
export const BIGINT = { type: 'bigint', transformer: { from: Number, to: (value: number) => value } } as const;
