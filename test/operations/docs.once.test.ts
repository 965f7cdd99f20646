import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Config } from '../../src/platform/config/config.js';
import { DOCUMENTS, readAnchors, readLocalLinks, readShellBlocks } from '../support/markdown.js';
import { newFolder, Program, removeFolder } from '../support/program.js';
import { Receiver } from '../support/receiver.js';
import { paste } from '../support/shell.js';

const BLOCKS = DOCUMENTS.flatMap(readShellBlocks);
const RUN = BLOCKS.filter(({ notRunBecause }) => notRunBecause === null);

describe('documentation', () => {
  it('says of every shell block that is not run why it is not', () => {
    const comments = DOCUMENTS.flatMap((file) => [...readFileSync(file, 'utf8').matchAll(/<!-- not run/g)]);
    expect(comments).toHaveLength(BLOCKS.length - RUN.length);
    expect(RUN.length).toBeGreaterThan(15);
  });

  it('has shell blocks that work by copy and paste, twice on the same server', async () => {
    const folder = newFolder();
    const receiver = await Receiver.start();
    // The blocks that run the command need what the server was started with.
    const secret = (): string => randomBytes(24).toString('hex');
    const variables = {
      DATABASE_URL: `sqlite:${join(folder, 'keywright.sqlite')}`,
      JWT_SECRET: secret(),
      KEY_PEPPERS: secret(),
      ENCRYPTION_KEYS: secret(),
      WEBHOOK_ALLOWED_NETWORKS: '127.0.0.1/32',
    };
    const program = await Program.start(folder, variables);
    const own: [string, string][] = [
      ['http://127.0.0.1:3000', program.url],
      ['the printed password', program.password],
      ['https://example.com/keywright', receiver.url],
    ];
    for (const [placeholder] of own) expect(RUN.filter(({ lines }) => lines.includes(placeholder))).toHaveLength(1);
    const blocks = RUN.map(({ lines }) => own.reduce((text, [from, to]) => text.replace(from, to), lines));

    const results = await paste([...blocks, ...blocks], variables);
    await program.end('SIGTERM');
    await receiver.stop();
    await removeFolder(folder);

    expect(results).toHaveLength(2 * RUN.length);
    const failures = results.flatMap(({ exitStatus, stderr, requests }, index) => {
      const refused = requests.filter((request) => !/^2\d\d /.test(request));
      const isGood = exitStatus === 0 && stderr === '' && refused.length === 0;
      return isGood ? [] : [{ place: RUN[index % RUN.length]?.place, exitStatus, stderr, refused }];
    });
    expect(failures).toEqual([]);
    // A block that asks the server nothing defines something, or runs the command.
    const silent = RUN.filter((_, index) => results[index]?.requests.length === 0).map(({ lines }) => lines);
    expect(silent.filter((lines) => !/^(export KEYWRIGHT|npx keywright)/.test(lines))).toEqual([]);
  }, 180_000);

  it('has links that lead to files and headings that are there', () => {
    const broken = DOCUMENTS.flatMap((file) =>
      readLocalLinks(file)
        .filter((link) => !leadsSomewhere(file, link))
        .map((link) => `${file}: ${link}`),
    );
    expect(broken).toEqual([]);
  });

  it('names every setting with its default, and no other', () => {
    const rows = [...readFileSync('docs/configuration.md', 'utf8').matchAll(/^\| `([A-Z_]+)` +\| (.+?) +\| .+ \|$/gm)];
    const documented = Object.fromEntries(rows.map(([, name = '', value = '']) => [name, value]));
    expect(rows).toHaveLength(Object.keys(documented).length);
    const config = new Config();
    expect(Object.keys(documented).sort()).toEqual(Object.keys(config).sort());
    for (const [name, value] of Object.entries(config)) {
      // What has no default of its own says in words what holds instead.
      const expected =
        value === undefined
          ? expect.stringMatching(/^(none|generated|the system's|.+ in production, else .+)$/)
          : `\`${value}\``;
      expect([name, documented[name]]).toEqual([name, expected]);
    }
  });
});

function leadsSomewhere(file: string, link: string): boolean {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? file : join(dirname(file), path);
  return existsSync(target) && (anchor === undefined || readAnchors(target).includes(anchor));
}
