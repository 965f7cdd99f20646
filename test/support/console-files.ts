import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';

/** The files of a console, by their paths. */
export type ConsoleFiles = Record<string, string>;

/**
 * Copies the built program, with these files as its console.
 *
 * @param files compressed beforehand, as the build does; `null` is a console that is not built
 * @returns the copy's main file
 */
export function programWith(folder: string, files: ConsoleFiles | null): string {
  cpSync('dist/src/main.js', join(folder, 'dist/src/main.js'));
  cpSync('dist/src/bundle', join(folder, 'dist/src/bundle'), { recursive: true });
  cpSync('package.json', join(folder, 'package.json'));
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
  for (const [path, text] of Object.entries(files ?? {})) {
    const file = join(folder, 'dist/console', path);
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(file, text);
    writeFileSync(`${file}.br`, brotliCompressSync(text));
    writeFileSync(`${file}.gz`, gzipSync(text));
  }
  return join(folder, 'dist/src/main.js');
}
