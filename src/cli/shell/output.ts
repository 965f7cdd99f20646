/** What the option `--json` asks for. */
export interface OutputOptions {
  /** Whether the result is printed as one JSON document. */
  json?: boolean;
}

/** The usage of the option `--json`. */
export const JSON_OPTION = ['--json', 'print the result as JSON'] as const;

/** Characters by which a text could move the cursor, change colours, or hide a part of itself. */
const DECEPTIVE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** Makes a text that somebody has chosen safe to print in a line. */
export const printable = (text: string): string => text.replaceAll(DECEPTIVE, '\u{fffd}');

/** Prints a result, as JSON if that is asked for, else as text. */
export function print(result: object, { json = false }: OutputOptions, describe: () => string): void {
  console.log(json ? JSON.stringify(result, null, 2) : describe());
}

/** Lays rows out in columns, below their titles. */
export function formatTable(titles: string[], rows: string[][]): string {
  const all = [titles, ...rows.map((row) => row.map(printable))];
  const widths = titles.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all
    .map((row) =>
      row
        .map((text, column) => text.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
