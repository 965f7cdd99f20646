import { readFileSync } from 'node:fs';

/** Settings that name a machine, or how much of its disk a node takes. */
const OF_A_MACHINE = ['bind_address', 'wsrep_cluster_address', 'wsrep_node_address'];

const [, BLOCK = ''] = /^## Galera$[^]*?^```ini\n([^]+?)^```$/m.exec(readFileSync('docs/databases.md', 'utf8')) ?? [];

/** The settings of a node as docs/databases.md has them, by name. */
const SETTINGS = new Map(
  [...BLOCK.matchAll(/^(\w+) += "?(.+?)"?$/gm)]
    .map(([, name, value]) => [name, value])
    .filter(([name]) => !OF_A_MACHINE.includes(name)),
);

const OPTIONS = 'wsrep_provider_options';

/** The documented options of the provider, by name. */
export const providerOptions = Object.fromEntries(
  (SETTINGS.get(OPTIONS) ?? '').split(';').map((option) => option.split('=')),
);

/** All other documented settings. */
export const nodeSettings = Object.fromEntries([...SETTINGS].filter(([name]) => name !== OPTIONS));

/** The statement by which the guide sees that a node is there again. */
export const [, STATUS = ''] =
  /^ *```sql\n +(SHOW STATUS [^]+?)\n *```$/m.exec(readFileSync('docs/databases.md', 'utf8')) ?? [];
