import { resolve } from 'node:path';
import shared from '../../jest.config.js';

const rootDir = resolve(import.meta.dirname, '../..');
const mariadb = shared.projects.find(({ displayName }) => displayName === 'mariadb');

/** What measures time, memory or statements, or needs much of the machine: one file at a time, and nothing beside it. */
export default {
  ...shared,
  rootDir,
  maxWorkers: 1,
  projects: [
    {
      ...mariadb,
      rootDir,
      displayName: 'alone',
      testMatch: ['<rootDir>/test/alone/*.test.ts'],
      testPathIgnorePatterns: ['/node_modules/'],
    },
  ],
};
