import type { EntityManager } from 'typeorm';
import { spellingsOf } from '../validation/letter-case.js';
import { isSqlite } from './engine-sql.js';

/** An SQL condition and the values of its placeholders. */
export interface TextCondition {
  sql: string;
  values: string[];
}

/**
 * Builds a condition for a column that contains a text in any letter case. Engines fold and compare letters differently, so the pattern names every
 * spelling of each letter, and is matched exactly. Letters with accents are found whether they are stored composed or decomposed (NFC, NFD).
 */
export function containsText(
  { dataSource }: Pick<EntityManager, 'dataSource'>,
  column: string,
  text: string,
): TextCondition {
  const forms = [...new Set([text.normalize('NFC'), text.normalize('NFD')])].map((form) =>
    Array.from(form, spellingsOf),
  );
  if (!isSqlite({ dataSource }))
    return { sql: `${column} REGEXP ?`, values: [`(?-i)${forms.map(formatRegExp).join('|')}`] };
  return {
    sql: `(${forms.map(() => `${column} GLOB ?`).join(' OR ')})`,
    values: forms.map((letters) => `*${formatGlob(letters)}*`),
  };
}

/** A character class for each letter. Only letters have several spellings, so no class begins with `^` or holds a range. */
const formatGlob = (letters: readonly string[][]): string =>
  letters
    .map((spellings) => (/^[*?[]$|../u.test(spellings.join('')) ? `[${spellings.join('')}]` : spellings.join('')))
    .join('');

/** Code points, because PCRE and ICU give different characters a meaning. */
const formatRegExp = (letters: readonly string[][]): string =>
  letters
    .map(
      (spellings) => `[${spellings.map((letter) => String.raw`\x{${letter.codePointAt(0)?.toString(16)}}`).join('')}]`,
    )
    .join('');
