import { Trust } from '../../../dist/src/verification/cache/cache-validity.js';

/** The keyring of a process that trusts it for ever. */
Trust.prototype.holds = () => true;
