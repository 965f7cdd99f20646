// How long the usage of a merchant with 10,000 keys in 30 days takes to read: by each grouping and interval, of all keys, of an application and
// of an external id.
import { inMariadb, inSqlite } from './find.js';
import { startInstance } from './instance.js';
import { APPLICATION, EXTERNAL_ID, fillUsage } from './parts/usage-rows.js';

const REPORTS = [
  'groupBy=outcome',
  'groupBy=outcome&interval=day',
  'groupBy=application',
  'groupBy=application&interval=day',
  'groupBy=key',
  'groupBy=key&limit=100',
];
const FILTERS = {
  'all keys': '',
  'an application': `&application=${APPLICATION}`,
  'an external id': `&externalId=${EXTERNAL_ID}`,
};

export async function readUsage({ keys = 10_000, days = 30, requests = 300, engines = ['mariadb', 'sqlite'] } = {}) {
  for (const engine of engines) {
    const database = engine === 'mariadb' ? await inMariadb() : await inSqlite();
    try {
      const instance = await startInstance(database.url);
      try {
        const from = await fillUsage(database, instance.merchantId, { keys, days });
        console.log(`\nUsage of ${keys} keys in ${days} days, ${engine}; p50 / p99 in ms\n`);
        console.log(
          `| report | ${Object.keys(FILTERS).join(' | ')} |\n| --- | ${Object.keys(FILTERS)
            .map(() => '--:')
            .join(' | ')} |`,
        );
        for (const report of REPORTS) {
          const figures = [];
          for (const filter of Object.values(FILTERS))
            figures.push(await measure(instance, `/api/v1/usage?from=${from}&${report}${filter}`, requests));
          console.log(`| \`${report}\` | ${figures.join(' | ')} |`);
        }
      } finally {
        await instance.stop();
      }
    } finally {
      await database.stop();
    }
  }
}

async function measure({ call }, path, requests) {
  const times = [];
  for (let n = 0; n < requests; n += 1) {
    const start = performance.now();
    const { groups } = await call('GET', path);
    times.push(performance.now() - start);
    if (groups.length === 0) throw new Error(`${path} has no groups.`);
  }
  times.sort((a, b) => a - b);
  return [0.5, 0.99].map((share) => times[Math.ceil(times.length * share) - 1].toFixed(1)).join(' / ');
}
