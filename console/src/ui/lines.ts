/** Returns what was typed on lines, or between spaces or commas; `null` for nothing. */
export function linesOf(text: string): string[] | null {
  const lines = text.split(/[\s,]+/).filter((line) => line !== '');
  return lines.length === 0 ? null : lines;
}
