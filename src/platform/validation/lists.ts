import { Readable } from 'node:stream';
import { applyDecorators, StreamableFile, type Type } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, getSchemaPath } from '@nestjs/swagger';
import { inBatches } from '../runtime/batches.js';
import { letOthersIn, ROWS_AT_ONCE } from '../runtime/turns.js';

export const NDJSON = 'application/x-ndjson';
export const EVENT_STREAM = 'text/event-stream';

/** A part of a list, by cursor. */
export interface PartView<V> {
  items: V[];
  limit: number;
  nextCursor: string | null;
}

/** For the document: the route answers in one of several shapes. */
export const AnswersOneOf = (description: string, ...models: Type[]): MethodDecorator =>
  applyDecorators(
    ApiExtraModels(...models),
    ApiOkResponse({ description, schema: { oneOf: models.map((model) => ({ $ref: getSchemaPath(model) })) } }),
  );

/** For the document: the route answers with a line of JSON for each item. Generated clients read it as text. */
export const AnswersLines = (model: Type, description: string): MethodDecorator =>
  applyDecorators(
    ApiExtraModels(model),
    ApiOkResponse({ description, content: { [NDJSON]: { schema: describeLines(model) } } }),
  );

/** For the document: the route answers with server-sent events, whose data each are an item as JSON. */
export const AnswersEvents = (model: Type, description: string): MethodDecorator =>
  applyDecorators(
    ApiExtraModels(model),
    ApiOkResponse({ description, content: { [EVENT_STREAM]: { schema: describeLines(model) } } }),
  );

/** Lines of JSON, as OpenAPI describes them. */
export const describeLines = (
  model: Type,
): { type: 'string'; description: string; contentSchema: { $ref: string } } => ({
  type: 'string',
  description: `Lines of JSON. Each is a \`${model.name}\`.`,
  contentSchema: { $ref: getSchemaPath(model) },
});

/** Streams a line of JSON for each item, as the batches arrive. */
export const streamLines = <T>(batches: AsyncIterable<T[]>, present: (item: T) => object): StreamableFile =>
  new StreamableFile(Readable.from(linesOf(batches, present)), { type: NDJSON });

/** Joins some lines at a time, and lets other requests in between. */
async function* linesOf<T>(batches: AsyncIterable<T[]>, present: (item: T) => object): AsyncGenerator<string> {
  for await (const batch of batches) {
    for (const items of inBatches(batch, ROWS_AT_ONCE)) {
      yield items.map((item) => `${JSON.stringify(present(item))}\n`).join('');
      await letOthersIn();
    }
  }
}
