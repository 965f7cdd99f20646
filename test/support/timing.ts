const ATTEMPTS = 15;

/** How many times longer one thing takes than another: the middle of several pairs, so that what else the machine does matters little. */
export async function ratioOfTimes(one: () => Promise<unknown>, other: () => Promise<unknown>): Promise<number> {
  const time = async (task: () => Promise<unknown>): Promise<number> => {
    const start = performance.now();
    await task();
    return performance.now() - start;
  };
  const ratios: number[] = [];
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) ratios.push((await time(one)) / (await time(other)));
  return ratios.sort((a, b) => a - b)[Math.floor(ATTEMPTS / 2)] ?? 0;
}
