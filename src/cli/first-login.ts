import type { FirstLogin } from '../accounts/first-admin.js';

/** Shows how to log in as the account that this start has created. */
export function printFirstLogin({ username, generatedPassword }: FirstLogin): void {
  console.log(`  User name      ${username}`);
  if (generatedPassword !== null) console.log(`  Password       ${generatedPassword}   (shown this once)`);
}
