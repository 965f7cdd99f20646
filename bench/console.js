// How quick the console is in a browser on the server's machine: its first view in a browser that has just been started, and each page of a merchant
// with a million keys, until all that the page has asked for is shown.
import { chromium } from 'playwright-core';
import { provide } from '../test/support/packages.js';
import { inMariadb, inSqlite } from './find.js';
import { startInstance } from './instance.js';

const ARGUMENTS = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'];

const MAIN = new URL('../dist/src/main.js', import.meta.url).pathname;

/** The pages, in the order in which they are visited again and again. */
const PAGES = [
  '/',
  '/keys',
  '/keys?sort=name',
  '/keys?status=disabled',
  '/keys?q=needle',
  '/key',
  '/applications',
  '/members',
  '/audit',
  '/settings',
];

/** Runs in the page: counts the requests that have not been answered yet. */
function countRequests() {
  const send = globalThis.fetch;
  globalThis.unanswered = 0;
  globalThis.fetch = (...request) => {
    globalThis.unanswered += 1;
    // A page reads the whole body before it shows any of it.
    const answer = send(...request).then(async (response) => {
      await response.clone().arrayBuffer();
      return response;
    });
    return answer.finally(() => (globalThis.unanswered -= 1));
  };
}

/** Runs in the page: goes to a page of the console. @returns the milliseconds until everything is there and two frames have been drawn */
async function visit(path) {
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  const start = performance.now();
  globalThis.history.pushState(null, '', `/console${path}`);
  do {
    await frame();
    await frame();
  } while (globalThis.unanswered > 0);
  return performance.now() - start;
}

export async function showConsole({
  rows = 1_000_000,
  browsers = 10,
  visits = 40,
  engines = ['mariadb', 'sqlite'],
} = {}) {
  const executablePath = provide('Chromium', 'chromium', 'chromium', '/usr/bin/chromium');
  if (executablePath === null) return;
  const launch = () => chromium.launch({ executablePath, args: ARGUMENTS });
  for (const engine of engines) {
    const database = engine === 'mariadb' ? await inMariadb() : await inSqlite();
    try {
      const instance = await startInstance(database.url, { release: MAIN });
      await instance.call('POST', '/api/v1/applications', { name: 'Shop', environment: 'live' });
      await database.fill(rows, instance.merchantId);
      const firstMs = [];
      for (let n = 0; n < browsers; n += 1) firstMs.push(await firstView(launch, instance.url));
      console.log(`\nconsole, ${engine}, ${rows} keys\n\n| view | p50 ms | p95 ms |\n| --- | --: | --: |`);
      for (const [index, what] of ['first contentful paint', 'sign-in'].entries())
        console.log(
          `| ${what} of ${browsers} browsers just started | ${percentiles(firstMs.map((ms) => ms[index]))} |`,
        );
      const times = await visitAll(launch, instance, visits);
      for (const [path, ms] of times) console.log(`| \`${path}\` | ${percentiles(ms)} |`);
      await instance.stop();
    } finally {
      await database.stop();
    }
  }
}

/** Runs in the page: notes when the sign-in has been drawn, which is two frames after it is there. */
function noteSignIn() {
  const look = new MutationObserver(() => {
    if (globalThis.document.querySelector('form') === null) return;
    look.disconnect();
    requestAnimationFrame(() => requestAnimationFrame(() => (globalThis.signInDrawnMs = performance.now())));
  });
  look.observe(globalThis.document, { childList: true, subtree: true });
}

/** @returns the milliseconds from the request of the page until the browser has drawn anything, and the sign-in */
async function firstView(launch, url) {
  const browser = await launch();
  try {
    const page = await browser.newPage();
    await page.addInitScript(noteSignIn);
    await page.goto(`${url}/console`);
    await page.waitForFunction(() => globalThis.signInDrawnMs !== undefined);
    return await page.evaluate(() => [
      performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? globalThis.signInDrawnMs,
      globalThis.signInDrawnMs,
    ]);
  } finally {
    await browser.close();
  }
}

/** @returns the times of all visits of each page */
async function visitAll(launch, { call, token, url }, visits) {
  const [key] = (await call('GET', '/api/v1/api-keys?limit=1&cursor=')).items;
  const browser = await launch();
  try {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
    await context.addCookies([{ name: 'keywright-session', value: token(), url, httpOnly: true, sameSite: 'Strict' }]);
    const page = await context.newPage();
    await page.addInitScript(countRequests);
    await page.goto(`${url}/console`);
    await page.locator('main#main').waitFor();
    const times = new Map(PAGES.map((path) => [path, []]));
    for (let n = 0; n < visits; n += 1)
      for (const [path, ms] of times) ms.push(await page.evaluate(visit, path === '/key' ? `/keys/${key.id}` : path));
    return times;
  } finally {
    await browser.close();
  }
}

function percentiles(times) {
  const sorted = times.toSorted((a, b) => a - b);
  return [0.5, 0.95].map((share) => sorted[Math.ceil(sorted.length * share) - 1].toFixed(0)).join(' | ');
}
