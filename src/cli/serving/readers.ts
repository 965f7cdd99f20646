import { endWithReader } from '../shell/failure.js';

/**
 * Lets the server go on when nobody reads its output any longer, such as a log collector that has ended: its clients depend on its answers, and
 * the audit trail is in the database.
 *
 * @param crash ends the server after any other error of its output
 */
export function outliveReaders(crash: (error: unknown) => void): void {
  let isTold = false;
  process.stdout.off('error', endWithReader).on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') crash(error);
    else if (!isTold) {
      isTold = true;
      console.error('Nobody reads standard output any longer: the server goes on, and logs nothing there.');
    }
  });
  process.stderr.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') crash(error);
  });
}
