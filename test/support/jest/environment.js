import { createRequire } from 'node:module';
import { TestEnvironment } from 'jest-environment-node';

/** Node's environment, in which what a test file imports is loaded by Node itself: see {@link ./native-modules.js}. */
export default class NativeModulesEnvironment extends TestEnvironment {
  async setup() {
    await super.setup();
    this.global.requireNatively = createRequire(import.meta.url);
    // Where it matters whose they are: of Node, not of the realm or the copy that Jest makes for each test file.
    for (const name of ['Boolean', 'Date', 'Number', 'Promise', 'Reflect', 'String'])
      this.global[name] = globalThis[name];
    this.global.process.env = process.env;
    // What the modules of test/support see is that of the test file that runs.
    for (const name of ['ENGINE', 'expect'])
      Object.defineProperty(globalThis, name, { configurable: true, get: () => this.global[name] });
  }

  /** Skips a file whose database can't be had. */
  handleTestEvent({ name }, { rootDescribeBlock }) {
    const url = { sqlite: 'none', mariadb: process.env.TEST_DATABASE_URL, mysql: process.env.TEST_MYSQL_URL }[ENGINE];
    if (name === 'setup' && !url) rootDescribeBlock.mode = 'skip';
  }
}
