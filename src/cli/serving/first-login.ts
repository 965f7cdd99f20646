import type { FirstLogin } from '../../accounts/first-admin.js';

/** Shows how to log in as the account that this start has created. */
export function printFirstLogin({ username, generatedPassword, link }: FirstLogin): void {
  console.log(`  User name      ${username}`);
  if (generatedPassword !== null) console.log(`  Password       ${generatedPassword}   (shown this once)`);
  if (link !== null) console.log(`  Set a password ${link}   (valid once, for a day)`);
}
