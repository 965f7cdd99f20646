import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { transformFileSync } from '@swc/core';

const SOURCE = 'test/support';
const TARGET = 'dist/test/support';

/** Compiles the modules of test/support, so that Node can load them beside the built application. */
export default function compileSupport() {
  mkdirSync(TARGET, { recursive: true });
  for (const file of readdirSync(SOURCE)) {
    if (!/(?<!\.d)\.[jt]s$/.test(file)) continue;
    const target = file.replace(/\.ts$/, '.js');
    const sourceFileName = `../../../${SOURCE}/${file}`;
    const { code, map } = transformFileSync(join(SOURCE, file), { sourceMaps: true, sourceFileName });
    writeFileSync(join(TARGET, `${target}.map`), map);
    writeFileSync(join(TARGET, target), `${code}//# sourceMappingURL=${target}.map\n`);
  }
}
