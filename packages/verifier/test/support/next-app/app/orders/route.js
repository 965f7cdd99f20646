import { requireKey } from '@keywright/verifier/next';

const REQUIRED = { level: 2, scopes: ['orders:read'] };

/** The verifier of the test, which runs in the same process. */
const verify = (...call) => globalThis.verifierOfTest(...call);

export const GET = requireKey(verify, REQUIRED, ({ key: { keyId, level, scopes } }) =>
  Response.json({ keyId, level, scopes }),
);
