// Compares two ways of doing the same thing by running them alternately. The speed of the machine drifts; the ratio of two neighbouring runs
// does not.

/**
 * Compares two ways within this process, one operation at a time.
 *
 * @param times operations in a run
 * @param own the way of the code, called with the number of the operation
 * @param library what it replaces
 */
export async function compare(name, { rounds, times }, own, library) {
  const measured = { own: () => measure(own, times), library: () => measure(library, times) };
  await alternate(name, { rounds }, measured);
}

/**
 * Runs two ways alternately, after one run of each that does not count, and prints the median of each and of their ratio.
 *
 * @param ways each runs for a while and returns what one operation took, in microseconds of CPU and of time
 */
export async function alternate(name, { rounds }, ways) {
  await ways.own();
  await ways.library();
  const runs = [];
  for (let round = 0; round < rounds; round += 1) {
    const run = {};
    for (const way of round % 2 === 0 ? ['own', 'library'] : ['library', 'own']) run[way] = await ways[way]();
    runs.push(run);
  }
  const figures = ['cpuUs', 'timeUs'].map((figure) => {
    const [own, library] = ['own', 'library'].map((way) => median(runs.map((run) => run[way][figure])));
    const ratios = runs.map((run) => run.own[figure] / run.library[figure]).sort((a, b) => a - b);
    const [quarter, half, threeQuarters] = [0.25, 0.5, 0.75].map((part) =>
      ratios[Math.floor(part * rounds)].toFixed(2),
    );
    return `${show(own)} against ${show(library)} µs, ratio ${half} (${quarter} to ${threeQuarters})`;
  });
  console.log(`${name}: CPU ${figures[0]}; time ${figures[1]}`);
}

async function measure(work, times) {
  globalThis.gc();
  const cpu = process.cpuUsage();
  const start = performance.now();
  for (let n = 0; n < times; n += 1) {
    const result = work(n);
    // What answers at once is not made to wait.
    if (result instanceof Promise) await result;
  }
  const timeMs = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  return { cpuUs: (user + system) / times, timeUs: (timeMs * 1000) / times };
}

const show = (number) => number.toLocaleString('en', { maximumSignificantDigits: 3 });

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
