/** Guarantees of the built program: what JSON.parse returns has hidden classes that V8's inline caches can remember, whatever the program has loaded. */

import { resolve } from 'node:path';
import { newFolder, Program, removeFolder } from '../support/program.js';

const NODE_OPTIONS = `--require=${resolve('test/support/hidden-classes.cjs')}`;

describe('hidden classes', () => {
  let folder: string;
  let output: string;
  beforeAll(async () => {
    folder = newFolder();
    const program = await Program.start(folder, { NODE_OPTIONS });
    await program.end('SIGTERM');
    output = program.stdout;
  });
  afterAll(() => removeFolder(folder));

  it('are shared by objects with the same names', () => {
    const found = [...output.matchAll(/^Hidden classes of objects with \d names: (\w+)$/gm)];
    expect(found.map(([, answer]) => answer)).toEqual(['one', 'one', 'one', 'one', 'one']);
  });

  it('are shared by the bodies of verifications also beside more names than V8 remembers', () => {
    expect(output).toMatch(/^Hidden classes of unseen objects beside 1536 others: several$/m);
    expect(output).toMatch(/^Hidden classes of bodies beside 1536 others: one$/m);
  });
});
