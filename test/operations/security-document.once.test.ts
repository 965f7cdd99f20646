/** Guarantees of the table of requirements: it holds every one of the standard, once, names only files and tests that are there, and SECURITY.md has its sums. */

import { existsSync, readFileSync } from 'node:fs';
import { REQUIREMENTS } from '../support/asvs.js';

/** A row of docs/asvs.md, with the requirements that its first cell names. */
interface Row {
  ids: string[];
  level: string;
  met: string;
  where: string;
  proof: string;
}

const IDS = REQUIREMENTS.map(({ id }) => id);
const ANSWERS = ['yes', 'partly', 'no', 'not applicable'];

/** A file of the repository in code, and the names of tests in it that follow in brackets. */
const FILE =
  /`((?:src|test|docs|tools|integrations)\/[\w./-]+|[\w.-]+\.(?:js|json|yaml)|Dockerfile|\.dockerignore)`(?: \(((?:"[^"]+"(?:, )?)+)\))?/g;

/** What stands in code and looks like a file, but is none. */
const NO_FILES = ['`/console`', '`src/`', '`/`', '`/docs`', '`.git`'];

/** The rows of tables, without their heads, as lists of cells. */
const readTable = (file: string): string[][] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => /^\| (?:\d|V\d|all \d)/.test(line))
    .map((line) =>
      line
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim()),
    );

/** The requirements from the first one of a cell to the last, in the order of the standard. */
function readIds(cell: string): string[] {
  const [first = '', last = first] = cell.split('–');
  return [IDS.indexOf(first), IDS.indexOf(last)].includes(-1)
    ? [cell]
    : IDS.slice(IDS.indexOf(first), IDS.indexOf(last) + 1);
}

const ROWS = readTable('docs/asvs.md').map(([id = '', level = '', , met = '', where = '', proof = '']): Row => {
  return { ids: readIds(id), level, met, where, proof };
});

const filesIn = (text: string): { file: string; tests: string[] }[] =>
  [...text.matchAll(FILE)].map(([, file = '', names = '']) => ({
    file,
    tests: [...names.matchAll(/"([^"]+)"/g)].map(([, name = '']) => name),
  }));

describe('the table of requirements', () => {
  it('is of the whole standard', () => {
    expect([1, 2].map((level) => REQUIREMENTS.filter((each) => each.level === level).length)).toEqual([70, 183]);
  });

  it('holds each requirement once, in its order', () => {
    expect(ROWS.flatMap(({ ids }) => ids)).toEqual(IDS);
  });

  it('names the level of each', () => {
    const levelOf = new Map(REQUIREMENTS.map(({ id, level }) => [id, level]));
    for (const { ids, level } of ROWS)
      expect([ids, level]).toEqual([ids, [...new Set(ids.map((id) => levelOf.get(id)))].sort().join(', ')]);
  });

  it('says of each whether it is met, where, and by which test or why not', () => {
    for (const { ids, met, where, proof } of ROWS) {
      expect([ids, ANSWERS]).toEqual([ids, expect.arrayContaining([met])]);
      const hasFile = filesIn(where).length > 0;
      const hasReason = met === 'not applicable' ? where !== '' : proof !== '';
      expect([ids, hasFile || met === 'no' || met === 'not applicable', hasReason]).toEqual([ids, true, true]);
    }
  });

  it('names files that are there, and tests that they hold', () => {
    const named = ROWS.flatMap(({ where, proof }) => filesIn(`${where} ${proof}`));
    expect(named.length).toBeGreaterThan(300);
    const missing = named.flatMap(({ file, tests }) => {
      if (!existsSync(file)) return [file];
      const text = readFileSync(file, 'utf8');
      return tests.filter((name) => !text.includes(`'${name}'`)).map((name) => `${file}: ${name}`);
    });
    expect([...new Set(missing)]).toEqual([]);
  });

  it('names every file in a way that this test can see', () => {
    const code = ROWS.flatMap(({ where, proof }) =>
      [...`${where} ${proof}`.matchAll(/`([^`]+)`/g)].map(([text]) => text),
    );
    expect(
      code.filter((text) => /\/|\.\w+`$/.test(text) && filesIn(text).length === 0 && !NO_FILES.includes(text)),
    ).toEqual([]);
  });

  it('has its sums in SECURITY.md', () => {
    const sums = readTable('SECURITY.md').map(([name = '', ...numbers]) => [
      name.split(' ')[0],
      ...numbers.map(Number),
    ]);
    const count = (rows: Row[]): number[] =>
      ANSWERS.map((answer) => rows.filter(({ met }) => met === answer).flatMap(({ ids }) => ids).length);
    const chapters = [...new Set(IDS.map((id) => id.split('.')[0]))];
    expect(sums).toEqual([
      ...chapters.map((chapter) => [
        `V${chapter}`,
        ...count(ROWS.filter(({ ids: [first = ''] }) => first.split('.')[0] === chapter)),
      ]),
      ['all', ...count(ROWS)],
    ]);
  });
});
