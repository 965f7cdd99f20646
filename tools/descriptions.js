// Finds operations whose summaries or answers tell a reader nothing, and properties and parameters that are not described.
import { resolve } from './references.js';

/** A sentence: it begins as one, ends as one, and says more than that something is done. */
const SENTENCE = /^(?!(done|ok|success|successful)\b)[`\p{Lu}-].{4,}\.$/isu;

const COMBINING = ['allOf', 'anyOf', 'oneOf'];

/** Finds the properties of a schema, and of what it is made of, that have no description of their own. */
function findUndescribed(schema, where) {
  if (typeof schema !== 'object' || schema.$ref !== undefined) return [];
  const parts = [
    ...Object.entries(schema.properties ?? {}).map(([name, property]) => [`${where}.${name}`, property, true]),
    ...COMBINING.flatMap((word) => schema[word] ?? []).map((part) => [where, part]),
    ...[schema.items, schema.additionalProperties].filter(Boolean).map((part) => [`${where}[]`, part]),
  ];
  return parts.flatMap(([place, part, isProperty]) => [
    ...(isProperty && !SENTENCE.test(part.description ?? '')
      ? [`${place} is not described: "${part.description}".`]
      : []),
    ...findUndescribed(part, place),
  ]);
}

/** Finds undescribed properties and parameters wherever they are. */
export function findUndescribedFields(document) {
  const operations = Object.values(document.paths).flatMap((item) => Object.values(item));
  const ofOperation = ({ operationId, parameters = [], requestBody, responses }) => [
    ...parameters
      .map((parameter) => resolve(document, parameter))
      .filter(({ description }) => !SENTENCE.test(description ?? ''))
      .map(({ name }) => `${operationId}: the parameter ${name} is not described.`),
    ...[requestBody ?? {}, ...Object.values(responses).map((response) => resolve(document, response))].flatMap(
      ({ content = {} }) => Object.values(content).flatMap(({ schema }) => findUndescribed(schema, operationId)),
    ),
  ];
  return [
    ...Object.entries(document.components.schemas).flatMap(([name, schema]) => findUndescribed(schema, name)),
    ...operations.flatMap(ofOperation),
  ];
}

export function findPoorDescriptions(document) {
  const { paths } = document;
  const operations = Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ where: `${method.toUpperCase()} ${path}`, ...operation })),
  );
  const complaints = [];
  const schemas = new Map();
  for (const { where, summary, responses } of operations) {
    if (!/^\p{Lu}.{3,}$/u.test(summary ?? '')) complaints.push(`${where} has no summary.`);
    for (const [status, response] of Object.entries(responses)) {
      const { description, content } = resolve(document, response);
      if (!SENTENCE.test(description)) complaints.push(`${where} does not describe its ${status}: "${description}".`);
      if (Number(status) >= 300) continue;
      // The same words for different things describe neither.
      const schema = JSON.stringify(content ?? null);
      const [first = where, known = schema] = schemas.get(description) ?? [];
      if (known !== schema) complaints.push(`${where} describes its ${status} as ${first} does: "${description}".`);
      schemas.set(description, [first, known]);
    }
  }
  return complaints;
}
