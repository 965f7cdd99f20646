import { mapValues } from './schema.js';

/** A piece of a document that may stand in several places. */
export type Referable = Record<string, unknown>;

export interface Response extends Referable {
  headers?: Record<string, Referable>;
  content?: Record<string, Referable>;
}

export interface Parameter extends Referable {
  name: string;
  in: string;
}

/** An operation, as far as the passes look at it. */
export interface PassedOperation {
  operationId: string;
  parameters?: Parameter[];
  requestBody?: Response;
  responses: Record<string, Response>;
}

/** A document, as far as the passes look at it. */
export interface PassedDocument {
  paths: Record<string, object>;
  components?: object;
}

/** Replaces every operation of a document. */
export const mapOperations = <T extends PassedDocument>(
  document: T,
  change: (operation: PassedOperation, path: string) => object,
): T => ({
  ...document,
  paths: mapValues(document.paths as Record<string, Record<string, PassedOperation>>, (item, path) =>
    mapValues(item, (operation) => change(operation, path)),
  ),
});
