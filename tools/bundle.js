// Bundles the built program with its packages in place of dist/src/main.js: Node then reads some tens of files instead of two thousand, and a command starts in a third of the
// time. What a command doesn't need stays in files of its own, which are read when they are imported. The modules of dist/src stay as they are, for tests and benchmarks.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { build } from 'esbuild';

const FOLDER = 'bundle';

/** Where Nest requires packages by a function that it makes: esbuild doesn't see it, and the program would load them twice. */
const HIDDEN_REQUIRES =
  /@nestjs.(mapped-types|terminus|typeorm).dist.*(type-helpers\.utils|health-check\.decorator|typeorm-compat)\.js$/;

const seeRequires = {
  name: 'see-requires',
  setup({ onLoad }) {
    onLoad({ filter: HIDDEN_REQUIRES }, ({ path }) => {
      const source = readFileSync(path, 'utf8');
      const contents = source.replace('const require = createRequire(import.meta.url);', '');
      if (contents === source) throw new Error(`${path} requires packages in another way than before.`);
      return { contents };
    });
  },
};

/** The CommonJS packages that Nest imports when it first needs them. Of such an import, esbuild exports nothing by its name. */
const IMPORTED_LATER = /^class-(transformer|validator)$/;

const nameExports = {
  name: 'name-exports',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: IMPORTED_LATER }, ({ path, kind }) =>
      kind === 'dynamic-import' ? { path, namespace: 'named' } : undefined,
    );
    onLoad({ filter: IMPORTED_LATER, namespace: 'named' }, async ({ path }) => {
      const names = Object.keys(await import(path)).filter((name) => /^\w+$/.test(name) && name !== 'default');
      return { contents: `export { ${names.join(', ')} } from '${path}';`, resolveDir: '.' };
    });
  },
};

/** How esbuild gives a function its name again: also each time that a function within another is created, which costs more than most of them do. */
const NAMING = 'var __name=(target,value)=>__defProp(target,"name",{value,configurable:true});';

/** Joins the strings that esbuild continues on the next line. */
const joinStrings = (code) => code.replace(/(?<!\\)((?:\\\\)*)\\\n/g, '$1');

/** Gives their names only to classes, which Nest and TypeORM know by them, and to the functions `type`, which Nest's Swagger module does. */
const nameClassesAndTypes = (code) =>
  joinStrings(code)
    .replace(NAMING, 'var __name=(target)=>target;')
    .replace(/__name\(\s*this,\s*("[^"]+")\)/g, 'Object.defineProperty(this,"name",{value:$1,configurable:true})')
    .replace(/\btype:\s*__name\(\s*(\(\)\s*=>(?:(?!__name\()[^])+?),\s*"type"\)/g, 'type:$1');

/**
 * Gives the functions of all modules one name. esbuild puts each into an object of its own, under the path of its module, and V8 remembers no more than 1,536 names for the only
 * property of an object: after them, every object that JSON.parse makes with a single property has a hidden class of its own, and whatever reads it misses the inline caches.
 */
const nameModulesAlike = (code) => code.replace(/\b__(commonJS|esm)\(\{(async )?"[^"\n]+"\(/g, '__$1({$2run(');

/** Escapes what is left beyond ASCII, in regular expressions and templates: V8 keeps a source with such a character in twice the memory. */
const escapeBeyondAscii = (code) =>
  code.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

const { outputFiles } = await build({
  entryPoints: {
    main: 'dist/src/main.js',
    // Beside the code that starts it.
    [`${FOLDER}/thread`]: 'dist/src/platform/database/sqlite/thread.js',
  },
  outdir: 'dist/src',
  allowOverwrite: true,
  write: false,
  chunkNames: `${FOLDER}/[name]-[hash]`,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  keepNames: true,
  // Node keeps the source in memory. Lines stay short enough for stack traces to say something.
  minifyWhitespace: true,
  lineLimit: 200,
  legalComments: 'external',
  external: [
    // With parts in machine code.
    '@node-rs/argon2',
    'bcrypt',
    'better-sqlite3',
    // Extends a global object, which has to happen before anything else.
    'reflect-metadata',
    // What is not installed: Nest imports it only when it is used, or finds it elsewhere.
    '@fastify/multipart',
    '@fastify/view',
    '@nestjs/microservices',
    '@nestjs/platform-express',
    '@nestjs/websockets',
    'class-transformer/storage',
  ],
  banner: {
    js: [
      "import 'reflect-metadata';",
      "import { createRequire as createRequireOfBundle } from 'node:module';",
      'const require = createRequireOfBundle(import.meta.url);',
    ].join('\n'),
  },
  plugins: [seeRequires, nameExports],
  logLevel: 'warning',
  // Nest's Swagger plugin writes them, and the second, ours, counts.
  logOverride: { 'duplicate-object-key': 'silent' },
});

if (!outputFiles.some(({ text }) => text.includes(NAMING)))
  throw new Error('esbuild names functions in another way than before.');
rmSync(`dist/src/${FOLDER}`, { recursive: true, force: true });
for (const { path, text } of outputFiles) {
  mkdirSync(dirname(path), { recursive: true });
  // Beside the code of others, esbuild leaves their licences.
  writeFileSync(path, path.endsWith('.js') ? finish(text) : text);
}

/** @throws {Error} when functions are left without names that must have them */
function finish(text) {
  const code = nameModulesAlike(nameClassesAndTypes(text));
  if (/\b(type:\s*__name\(|__name\(\s*this\b)/.test(code))
    throw new Error('esbuild names functions in another way than before.');
  return escapeBeyondAscii(code);
}
