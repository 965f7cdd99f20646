import { JsonLogger } from '../../platform/observability/logs/json-logger.js';
import { EXIT } from '../shell/failure.js';

/** Ends the server, and says why where it says everything else. What is not its own text has been redacted: a hint like mysql://user:password@host stays whole. */
export function end(reason: string): never {
  if (process.env.NODE_ENV === 'production')
    new JsonLogger('fatal', process.stderr, (line) => line).fatal(reason, 'Keywright');
  else console.error(reason);
  process.exit(EXIT.failed);
}
