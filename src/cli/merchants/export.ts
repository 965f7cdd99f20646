import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { presentDisclosed } from '../../disclosure/disclosure.presenter.js';
import { Disclosure, type DisclosedThing } from '../../disclosure/disclosure.service.js';
import { withServices } from '../application/application.js';

/**
 * Writes everything about a merchant as lines of JSON, with all its personal keys.
 *
 * @throws {CommandError} when there is no such merchant
 */
export async function exportMerchant(id: string, { output }: { output?: string }): Promise<void> {
  await withServices(async (use) => {
    const things = await use(Disclosure).ofMerchant({ merchantId: id.toLowerCase(), personalOf: null });
    const lines = Readable.from(linesOf(things));
    if (output === undefined) await pipeline(lines, process.stdout, { end: false });
    else await pipeline(lines, createWriteStream(output, { flags: 'wx' }));
  });
}

async function* linesOf(batches: AsyncIterable<DisclosedThing[]>): AsyncGenerator<string> {
  for await (const batch of batches)
    yield batch.map((thing) => `${JSON.stringify(presentDisclosed(thing))}\n`).join('');
}
