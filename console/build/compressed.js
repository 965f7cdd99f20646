import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const COMPRESSIBLE = /\.(css|html|js|svg)$/;

/**
 * A plugin that writes a `.br` and a `.gz` beside each file, and fails the build when there is more JavaScript than the budget allows.
 *
 * @param budget the JavaScript that may be sent, compressed by gzip, in bytes: for the first view, and for all of it
 */
export function compressed(budget) {
  return {
    name: 'compressed',
    apply: 'build',
    writeBundle({ dir }, bundle) {
      for (const { parentPath, name } of readdirSync(dir, { recursive: true, withFileTypes: true }))
        if (COMPRESSIBLE.test(name)) compress(join(parentPath, name));
      assertWithin(budget, sizesOf(dir, Object.values(bundle)));
    },
  };
}

function compress(path) {
  const content = readFileSync(path);
  const options = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } };
  writeFileSync(`${path}.br`, brotliCompressSync(content, options));
  writeFileSync(`${path}.gz`, gzipSync(content, { level: 9 }));
}

/** The first view needs the entry, and what that imports statically. */
function sizesOf(dir, outputs) {
  const chunks = new Map(outputs.filter(({ type }) => type === 'chunk').map((chunk) => [chunk.fileName, chunk]));
  const sizeOf = (fileName) => readFileSync(join(dir, `${fileName}.gz`)).length;
  const needed = new Set();
  const add = (fileName) => {
    if (needed.has(fileName)) return;
    needed.add(fileName);
    chunks.get(fileName)?.imports.forEach(add);
  };
  for (const { isEntry, fileName } of chunks.values()) if (isEntry) add(fileName);
  const sum = (fileNames) => [...fileNames].reduce((total, fileName) => total + sizeOf(fileName), 0);
  return { firstView: sum(needed), all: sum(chunks.keys()) };
}

function assertWithin(budget, sizes) {
  for (const [name, limit] of Object.entries(budget))
    if (sizes[name] > limit)
      throw new Error(`There are ${sizes[name]} bytes of JavaScript (gzip, ${name}); ${limit} are allowed.`);
}
