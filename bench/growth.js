// Runs bench/cold.js on a private MariaDB, with few keys and with many.
import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import mysql from 'mysql2/promise';
import { startMariadb } from '../test/support/mariadb.js';

export async function verifyColdKeys({ few, many, seconds, rounds, remembered }) {
  const mariadb = await startMariadb();
  if (!mariadb) return;
  const connection = await mysql.createConnection(mariadb.url.replace('mariadb:', 'mysql:'));
  await connection.query('SET GLOBAL innodb_buffer_pool_size = 2147483648');
  await connection.query('CREATE DATABASE bench');
  await connection.end();
  const secret = randomBytes(32).toString('hex');
  const variables = {
    DATABASE_URL: `${mariadb.url}/bench`,
    ADMIN_PASSWORD: secret,
    JWT_SECRET: secret,
    KEY_PEPPERS: secret,
    ENCRYPTION_KEYS: secret,
  };
  const child = fork(new URL('cold.js', import.meta.url).pathname, [], {
    env: { ...process.env, ...variables },
    execArgv: ['--no-concurrent-marking', '--expose-gc'],
  });
  try {
    await once(child, (message) => message === 'ready');
    const ask = async (task, options) => {
      child.send({ task, ...options });
      return (await once(child, (message) => message.task === task)).result;
    };
    const at = async (count) => {
      await ask('fill', { count });
      const cold = await ask('cold', { seconds, rounds });
      const warm = await ask('warm', { seconds, rounds });
      console.log(
        `${count} keys: cold ${cold.own.toFixed(0)} verifications/s, the statement alone ${cold.plain.toFixed(0)}, ratio ${cold.ratio.toFixed(2)}, ` +
          `p99 ${cold.p99Ms.toFixed(1)} ms; warm ${warm.toFixed(0)} verifications/s`,
      );
      return { cold, warm };
    };
    const [small, large] = [await at(few), await at(many)];
    const { size, bytes } = await ask('memory', { count: remembered });
    console.log(
      `from ${few} to ${many} keys: warm ×${(large.warm / small.warm).toFixed(3)}, cold p99 ×${(large.cold.p99Ms / small.cold.p99Ms).toFixed(2)}; ` +
        `the key cache holds ${size} keys at ${bytes.toFixed(0)} bytes each`,
    );
  } finally {
    child.removeAllListeners('exit');
    child.kill('SIGKILL');
    await mariadb.stop();
  }
}

function once(child, isMeant) {
  return new Promise((resolve, reject) => {
    const listen = (message) => {
      if (!isMeant(message)) return;
      child.off('message', listen);
      child.off('exit', fail);
      resolve(message);
    };
    const fail = (code) => reject(new Error(`cold.js ended with ${code}`));
    child.on('message', listen);
    child.once('exit', fail);
  });
}
