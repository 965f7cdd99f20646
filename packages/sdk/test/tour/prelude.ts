// What the examples of the README are about.
const variable = (name: string): string => {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is missing`);
  return value;
};
const url = variable('KEYWRIGHT_URL');
const username = 'admin';
const password = variable('KEYWRIGHT_PASSWORD');
const presented = 'ks_live_unknown';
const formerSystem = [{ sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08', label: 'Till 7' }];
const currentSecret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const formerSecret = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD';
