import { appendFileSync, readFileSync } from 'node:fs';

/** The file that the rows of all test files are collected in. */
const FILE = process.env.FAULT_REPORT;

const COLUMNS = ['fault', 'rounds', 'acknowledged', 'unknown', 'refused', 'checks', 'lost', 'wrong'];

function add(row) {
  if (FILE) appendFileSync(FILE, `${JSON.stringify(row)}\n`);
  else console.log(row);
}

/** What became of a fault. @param ledger what was acknowledged, and whether it held */
export function report(fault, rounds, ledger) {
  const { acknowledged, unknown, refused, checks, lost, wrong } = ledger;
  add({ fault, rounds, acknowledged, unknown, refused, checks, lost: lost.length, wrong: wrong.length });
}

/** As {@link report}, of counts of verifications, of which some may be lost. */
export function reportCounts(fault, rounds, { answered, lost, atRisk }) {
  add({ fault, rounds, checks: answered, lost: `${lost} counts, ${atRisk} at risk`, wrong: 0 });
}

/** A fault that was not tried, and why. */
export function reportSkipped(fault, reason) {
  add({ fault, rounds: `not run: ${reason}` });
}

/** The table of all rows that a file holds. */
export function tableOf(file) {
  const rows = readFileSync(file, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  const cells = [COLUMNS, ...rows.map((row) => COLUMNS.map((column) => String(row[column] ?? '')))];
  // The reason why a fault was not tried stands where the figures would.
  const widths = COLUMNS.map((_, index) =>
    Math.max(...cells.map((row) => (row[index].startsWith('not run') ? 0 : row[index].length))),
  );
  return cells
    .map((row) =>
      row
        .map((cell, index) => cell.padEnd(widths[index]))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
