import { compactHeap } from '../../src/platform/runtime/compact-heap.js';

it('gives back the memory between objects that are still used', () => {
  const all = Array.from({ length: 1_000_000 }, (_, index) => ({ index }));
  const kept = all.filter(({ index }) => index % 50 === 0);
  all.length = 0;
  const before = process.memoryUsage().heapTotal;
  compactHeap();
  expect(before - process.memoryUsage().heapTotal).toBeGreaterThan(20e6);
  expect(kept).toHaveLength(20_000);
  expect(globalThis).not.toHaveProperty('gc');
});
