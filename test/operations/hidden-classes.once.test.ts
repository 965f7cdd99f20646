/** Guarantee of the built program: what JSON.parse returns has hidden classes that V8's inline caches can remember, whatever the program has loaded. */

import { resolve } from 'node:path';
import { newFolder, Program, removeFolder } from '../support/program.js';

const NODE_OPTIONS = `--require=${resolve('test/support/hidden-classes.cjs')}`;

describe('hidden classes', () => {
  let folder: string;
  beforeAll(() => {
    folder = newFolder();
  });
  afterAll(() => removeFolder(folder));

  it('are shared by objects with the same names', async () => {
    const program = await Program.start(folder, { NODE_OPTIONS });
    await program.end('SIGTERM');
    const found = [...program.stdout.matchAll(/^Hidden classes of objects with \d names: (\w+)$/gm)];
    expect(found.map(([, answer]) => answer)).toEqual(['one', 'one', 'one', 'one', 'one']);
  });
});
