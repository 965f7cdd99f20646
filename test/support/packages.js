import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** Where a program is; `null` when it isn't on this machine. */
export function find(...programs) {
  for (const program of programs) {
    if (program.startsWith('/') && existsSync(program)) return program;
    const { status, stdout } = spawnSync('which', [program], { encoding: 'utf8' });
    if (status === 0) return stdout.trim();
  }
  return null;
}

/**
 * A program that a test needs, installed from its Debian package where that is possible.
 *
 * @param packageName or the names of several packages, separated by spaces
 * @returns its path, or `null` when it can't be had; with `CI=true` that is an error
 */
export function provide(name, packageName, ...programs) {
  const found = find(...programs);
  if (found) return found;
  const canInstall = find('apt-get') && process.getuid?.() === 0;
  if (canInstall) {
    process.stderr.write(`${name} is not on this machine: installing the Debian package ${packageName}.\n`);
    const options = { stdio: 'ignore', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
    try {
      // Other tests may be installing what they need.
      const apt = (...args) => execFileSync('apt-get', ['-o', 'DPkg::Lock::Timeout=120', ...args], options);
      apt('update');
      apt('install', '-y', '--no-install-recommends', ...packageName.split(' '));
    } catch (error) {
      process.stderr.write(`apt-get failed: ${error.message}\n`);
    }
    const installed = find(...programs);
    if (installed) return installed;
  }
  const sentence = `${name} is not on this machine and can't be installed: what needs it was not run.`;
  if (process.env.CI === 'true') throw new Error(sentence);
  process.stderr.write(`${sentence}\n`);
  return null;
}
