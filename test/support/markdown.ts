import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Every Markdown file that is written for readers, from the root of the repository. */
export const DOCUMENTS = [
  'README.md',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'packages/sdk/README.md',
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
  /** The test that runs it where it needs something of its own; `null` for a block that runs in the shell of the quick start. */
  runBy: string | null;
}

const BLOCK =
  /(?:^ *<!-- (?:not run: (?<reason>.+?)|run by: (?<test>\S+)) -->\n+)?^(?<indent> *)```sh\n(?<lines>[\s\S]*?)^ *```$/gm;

export function readShellBlocks(file: string): ShellBlock[] {
  const text = readFileSync(file, 'utf8');
  return [...text.matchAll(BLOCK)].map(({ index, groups }) => ({
    place: `${file}:${text.slice(0, index).split('\n').length}`,
    lines: (groups?.lines ?? '').replaceAll(new RegExp(`^${groups?.indent}`, 'gm'), ''),
    notRunBecause: groups?.reason ?? null,
    runBy: groups?.test ?? null,
  }));
}

/** The blocks of all documents that a test says it runs, by their order in each. */
export const readBlocksRunBy = (test: string): ShellBlock[] =>
  DOCUMENTS.flatMap(readShellBlocks).filter(({ runBy }) => runBy === test);

/** The content of a block in another language, such as the settings of a program. */
export const readBlock = (file: string, language: string, index = 0): string =>
  [...readFileSync(file, 'utf8').matchAll(new RegExp(`^( *)\`\`\`${language}\\n([^]+?)^ *\`\`\`$`, 'gm'))].map(
    ([, indent = '', lines = '']) => lines.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
  )[index] ?? '';

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
