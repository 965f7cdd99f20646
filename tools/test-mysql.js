// Runs the tests on a MySQL: those named, or else all, and then the revocations at three instances in a short form.
import { spawnSync } from 'node:child_process';

const named = process.argv.slice(2);

function run(program, args, environment) {
  const { status } = spawnSync(program, args, { stdio: 'inherit', env: { ...process.env, ...environment } });
  if (status !== 0) process.exit(status ?? 1);
}

run(
  'npx',
  ['jest', '--ci', '--selectProjects', 'mysql', ...(named.length > 0 ? ['--testPathPatterns', ...named] : [])],
  {
    NODE_OPTIONS: '--experimental-vm-modules --no-warnings',
  },
);
if (named.length === 0)
  run(process.execPath, ['--test', 'test/cluster/revocations.test.js'], {
    CLUSTER_ENGINE: 'mysql',
    CLUSTER_REVOCATIONS: '40',
  });
