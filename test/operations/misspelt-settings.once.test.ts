/** Guarantee: a misspelt setting stops the start with a line that names the right one, whichever setting it is. */

import { readFileSync } from 'node:fs';
import { ConfigError } from '../../src/platform/config/config-error.js';
import { loadConfig } from '../../src/platform/config/config.js';
import { runCommand } from '../support/command.js';
import { newFolder, removeFolder } from '../support/program.js';

/** The settings as the documentation lists them. */
const SETTINGS = [...readFileSync('docs/configuration.md', 'utf8').matchAll(/^\|\s*((?:`[A-Z_]+`,?\s*)+)\|/gm)]
  .flatMap(([, names = '']) => names.match(/[A-Z_]+/g) ?? [])
  .filter((name) => name.includes('_'));

const SECRETS = {
  JWT_SECRET: 'b41f8c6ad2e97350b41f8c6ad2e97351',
  KEY_PEPPERS: 'c52a9d7be3f08461c52a9d7be3f08462',
  ENCRYPTION_KEYS: 'd63bae8cf4a19572d63bae8cf4a19573',
};

function refusalOf(variables: NodeJS.ProcessEnv): string {
  try {
    loadConfig({ ...SECRETS, ...variables });
    return 'started';
  } catch (error) {
    return error instanceof ConfigError ? error.message : String(error);
  }
}

describe('a misspelt setting', () => {
  it('is looked for among all documented ones', () => {
    expect(SETTINGS.length).toBeGreaterThan(40);
    expect(SETTINGS).toContain('JWT_TTL_SECONDS');
  });

  it.each(SETTINGS)('of %s is refused, and the right one named', (name) => {
    const wrong = [name.slice(0, -1), `${name}S`, name.toLowerCase(), name.replace('_', '__'), name.replace('_', '')];
    for (const each of wrong.filter((one) => !SETTINGS.includes(one) && one.includes('_')))
      expect(refusalOf({ [each]: '1' })).toContain(`${each} is not a setting; did you mean `);
    expect(refusalOf({ [name.slice(0, -1)]: '1' })).toContain(`did you mean ${name}?`);
  });

  it('is no variable of another program', () => {
    const others = [
      'DATABASE_USER',
      'DATABASE_NAME',
      'REDIS_HOST',
      'NODE_OPTIONS',
      'HTTP_PROXY',
      'KEY_FILE',
      'MYSQL_URL',
    ];
    expect(refusalOf(Object.fromEntries(others.map((name) => [name, 'x'])))).toBe('started');
  });

  it('stops the program', async () => {
    const folder = newFolder();
    const { code, stderr } = await runCommand(folder, ['serve'], { ...SECRETS, JWT_TTL_SECOND: '60', PORT: '0' });
    expect(code).toBe(1);
    expect(stderr).toContain('JWT_TTL_SECOND is not a setting; did you mean JWT_TTL_SECONDS?');
    await removeFolder(folder);
  });
});
