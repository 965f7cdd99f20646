import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Every Markdown file that is written for readers, from the root of the repository. */
export const DOCUMENTS = [
  'README.md',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  ...readdirSync('docs', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name))
    .sort(),
];

/** A shell block of a document. */
export interface ShellBlock {
  /** File and line, for messages. */
  place: string;
  lines: string;
  /** Why the tests do not run it; `null` for a block that they run. */
  notRunBecause: string | null;
}

const BLOCK = /(?:<!-- not run: (?<reason>.+?) -->\n+)?^```sh\n(?<lines>[\s\S]*?)^```$/gm;

export function readShellBlocks(file: string): ShellBlock[] {
  const text = readFileSync(file, 'utf8');
  return [...text.matchAll(BLOCK)].map(({ index, groups }) => ({
    place: `${file}:${text.slice(0, index).split('\n').length}`,
    lines: groups?.lines ?? '',
    notRunBecause: groups?.reason ?? null,
  }));
}

/** The targets of links to other places of the repository, as they are written. */
export const readLocalLinks = (file: string): string[] =>
  [...withoutCode(readFileSync(file, 'utf8')).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/.test(target));

/** What links call the headings of a file, as GitHub derives it from their text. */
export const readAnchors = (file: string): string[] =>
  [
    ...readFileSync(file, 'utf8')
      .replace(/^```[\s\S]*?^```$/gm, '')
      .matchAll(/^#+ +(.+)$/gm),
  ].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-'),
  );

const withoutCode = (text: string): string => text.replace(/^```[\s\S]*?^```$/gm, '').replace(/`[^`\n]+`/g, '');
