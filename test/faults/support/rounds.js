/** How often each fault is tried: a few times in every check of a change, more often in the long form. */
export const ROUNDS = Number(process.env.FAULT_ROUNDS ?? 3);

/** Until this long after its last sign of life, a killed server's lease holds, and revocations wait for it. */
export const LEASE_MS = 3000;
