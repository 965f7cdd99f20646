/**
 * Every test file runs twice: over a SQLite file, and over a real MariaDB. Files in test/once run once, on SQLite; those in test/alone have a
 * configuration of their own.
 */
const shared = {
  testEnvironment: 'node',
  setupFilesAfterEnv: ['<rootDir>/test/support/retries.js'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2023',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
        },
        module: { type: 'es6' },
      },
    ],
  },
  coveragePathIgnorePatterns: ['/node_modules/', '/test/'],
};

export default {
  testTimeout: 60_000,
  maxWorkers: 2,
  // ES modules that a test file has loaded are never given back (https://github.com/jestjs/jest/issues/14605): a worker that holds too
  // many of them spends its time on collecting garbage, and is replaced.
  workerIdleMemoryLimit: '768MB',
  coverageProvider: 'v8',
  coverageReporters: ['text', 'text-summary'],
  projects: [
    {
      ...shared,
      displayName: 'sqlite',
      globals: { ENGINE: 'sqlite' },
      testMatch: ['<rootDir>/test/**/*.test.ts'],
      testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/alone/'],
    },
    {
      ...shared,
      displayName: 'mariadb',
      globals: { ENGINE: 'mariadb' },
      testMatch: ['<rootDir>/test/**/*.test.ts'],
      testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/alone/', '<rootDir>/test/once/'],
      globalSetup: '<rootDir>/test/support/mariadb.js',
      globalTeardown: '<rootDir>/test/support/mariadb-stop.js',
    },
  ],
};
