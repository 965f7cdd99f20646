/** A placeholder for each value, as they stand in parentheses. */
export const placeholders = (values: readonly unknown[]): string => values.map(() => '?').join(', ');
