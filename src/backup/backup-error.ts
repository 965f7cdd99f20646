/** A backup cannot be taken or used; the message says why, in a sentence. Nothing has been changed. */
export class BackupError extends Error {}
