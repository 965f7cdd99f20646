import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, relative, sep } from 'node:path';

const require = createRequire(import.meta.url);
const root = join(import.meta.dirname, '../../..');

/**
 * Jest evaluates every module again for each test file; the application and its packages take seconds of that each time. This transformer
 * replaces a module that a test imports by one that re-exports what Node itself has loaded, which happens once per worker: packages from
 * node_modules, the application as `nest build` made it, and the modules of test/support as {@link ./setup.js} compiled them.
 */
export default {
  getCacheKey(_source, path, options) {
    const file = loadedFile(path, options);
    const key = [file, statSync(file).mtimeMs, options.supportsDynamicImport, options.supportsStaticESM];
    return createHash('sha256').update(JSON.stringify(key)).digest('hex');
  },

  process(source, path, options) {
    if (!isForTests(options)) return { code: source };
    const file = loadedFile(path, options);
    const loaded = `requireNatively(${JSON.stringify(file)})`;
    if (!options.supportsStaticESM) return { code: `module.exports = ${loaded};` };
    const names = Object.keys(require(file)).filter((name) => name !== 'default');
    return { code: `const all = ${loaded};\nexport default all.default;\nexport const { ${names.join(', ')} } = all;` };
  },
};

/** Jest loads its own parts through its transformers as well, as CommonJS that can't import. */
const isForTests = ({ supportsDynamicImport }) => supportsDynamicImport;

function loadedFile(path, options) {
  if (!isForTests(options) || path.includes(`${sep}node_modules${sep}`)) return path;
  return join(root, 'dist', relative(root, path)).replace(/\.ts$/, '.js');
}
