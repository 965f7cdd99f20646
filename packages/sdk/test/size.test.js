/** Guarantees of the package: it is small, needs no other, and has types with the document's descriptions for both kinds of modules. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { minifySync } from '@swc/core';
import * as imported from '@keywright/sdk';

const PACKAGE = join(import.meta.dirname, '..');
const LIMIT_BYTES = 30_000;
const manifest = JSON.parse(readFileSync(join(PACKAGE, 'package.json'), 'utf8'));

const filesOf = (format, ending) =>
  readdirSync(join(PACKAGE, 'dist', format), { recursive: true })
    .filter((name) => name.endsWith(ending))
    .map((name) => readFileSync(join(PACKAGE, 'dist', format, name), 'utf8'));

describe('the package', () => {
  it('has at most 30 kB when it is minified and compressed, with every operation', () => {
    const minified = filesOf('esm', '.js').map((source) => minifySync(source, { module: true }).code);
    const size = gzipSync(minified.join('\n')).length;
    assert.ok(size > 1_000 && size <= LIMIT_BYTES, `${size} bytes`);
  });

  it('needs no other package', () => {
    for (const field of ['dependencies', 'peerDependencies', 'optionalDependencies'])
      assert.equal(manifest[field], undefined);
    const specifiers = filesOf('esm', '.js').flatMap((source) => [...source.matchAll(/from '([^']+)'/g)]);
    assert.deepEqual(
      specifiers.filter(([, name]) => !name.startsWith('.')),
      [],
    );
  });

  it('exports the same to import and to require', () => {
    const required = createRequire(import.meta.url)('@keywright/sdk');
    assert.deepEqual(Object.keys(imported).sort(), Object.keys(required).sort());
    assert.notEqual(imported.Keywright, required.Keywright);
  });

  it('describes operations and fields as the document does', () => {
    for (const format of ['esm', 'cjs']) {
      const types = filesOf(format, '.d.ts').join('\n');
      for (const text of [
        'Rotate an API key',
        '@throws {KeywrightError} 404: `api_key.not_found`',
        '@example ks_live_abc1',
      ])
        assert.ok(types.includes(text), `${format}: ${text}`);
    }
  });

  it('says its version, which is that of the server', () => {
    const server = JSON.parse(readFileSync(join(PACKAGE, '../../package.json'), 'utf8'));
    assert.deepEqual([imported.VERSION, manifest.version], [server.version, server.version]);
  });
});
