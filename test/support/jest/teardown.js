import { closeAll } from '../../../dist/test/support/process-end.js';

/** Closes what test files share, where they ran in Jest's main process: otherwise it is each worker that does. */
export default closeAll;
