const onSqlite = { globals: { ENGINE: 'sqlite' } };
const onMariadb = {
  globals: { ENGINE: 'mariadb' },
  globalSetup: '<rootDir>/test/support/mariadb.js',
  globalTeardown: '<rootDir>/test/support/mariadb-stop.js',
};
const onMysql = {
  globals: { ENGINE: 'mysql' },
  globalSetup: '<rootDir>/test/support/mysql.js',
  globalTeardown: '<rootDir>/test/support/mysql-stop.js',
};

const project = (displayName, testRegex, options) => ({
  displayName,
  roots: ['<rootDir>/test'],
  testRegex,
  testEnvironment: '<rootDir>/test/support/jest/environment.js',
  testEnvironmentOptions: { globalsCleanup: 'off' },
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: { '\\.test\\.ts$': '@swc/jest', '': '<rootDir>/test/support/jest/native-modules.js' },
  transformIgnorePatterns: [],
  // Packages of its own, which Jest need not look through.
  modulePathIgnorePatterns: ['<rootDir>/test/clients/'],
  ...options,
});

/**
 * Test files run over SQLite and over MariaDB, but for `*.once.test.ts`, which test what no engine changes, for `*.browser.test.ts`, which drive
 * Chromium, and for `*.alone.test.ts`, which measure time, memory or statements and run with nothing beside them. Those of the browser that change
 * the most run over MariaDB as well. The project mysql runs test files over MySQL, with `npm run test:mysql`.
 */
export default {
  globalSetup: '<rootDir>/test/support/jest/setup.js',
  globalTeardown: '<rootDir>/test/support/jest/teardown.js',
  testTimeout: 60_000,
  // Of two cores, Jest would leave one idle.
  maxWorkers: 2,
  projects: [
    project('sqlite', '/[^/.]+(\\.once)?\\.test\\.ts$', onSqlite),
    project('mariadb', '/[^/.]+\\.test\\.ts$', onMariadb),
    project('mysql', '/([^/.]+|database-[a-z]+\\.alone)\\.test\\.ts$', onMysql),
    project('browser', '/[^/.]+\\.browser\\.test\\.ts$', onSqlite),
    project('browser-mariadb', '/console/keys?\\.browser\\.test\\.ts$', onMariadb),
    project('alone', '/[^/.]+\\.alone\\.test\\.ts$', { ...onMariadb, ...onSqlite }),
  ],
};
