/** The paths of the verification routes. */
export const CHECK = '/api/v1/keys/check';
export const VERIFY = '/api/v1/keys/verify';
export const VERIFY_BATCH = '/api/v1/keys/verify/batch';
export const ASK = '/api/v1/verifiers/verifications';
