import { plainToInstance } from 'class-transformer';
import { getMetadataStorage } from 'class-validator';
import type { FieldProblem } from '../../events/domain-error.js';
import { findNearestName } from '../../validation/nearest-name.js';
import type { InputClass } from './route-inputs.js';

/** The most unknown names of a request that are reported. */
const REPORTED_MAX = 20;

/** The longest name that is repeated in full. What is longer is no misspelt name, and may be a secret. */
const REPEATED_MAX = 40;

/** A name in a query or a body that the route does not know. */
export interface UnknownName {
  /** Where the name stands, such as `rateLimit.` in `rateLimit.window`; empty at the top. */
  parent: string;
  name: string;
  /** The names that are known in its place. */
  known: string[];
}

/** The names that a class knows, each with the class of the objects that it holds, if their names are known. */
type Names = Map<string, InputClass | null>;

const names = new WeakMap<InputClass, Names>();

/** Reads the names of a class from its validators, which every property of an input class has. */
function readNames(input: InputClass): Names {
  let known = names.get(input);
  if (!known) {
    const properties = getMetadataStorage()
      .getTargetValidationMetadatas(input, '', false, false)
      .map(({ propertyName }) => propertyName);
    known = new Map(properties.map((name) => [name, readNestedClass(input, name)]));
    names.set(input, known);
  }
  return known;
}

/** Returns the class to which an object in a property is converted; `null` if it stays a plain object, whose names are free. */
function readNestedClass(input: InputClass, name: string): InputClass | null {
  const value: unknown = (plainToInstance(input, { [name]: {} }) as Record<string, unknown>)[name];
  const nested = typeof value === 'object' && value !== null ? (value.constructor as InputClass) : null;
  return nested && getMetadataStorage().getTargetValidationMetadatas(nested, '', false, false).length > 0
    ? nested
    : null;
}

/**
 * Lists the names in an input that its class does not know, at any depth. Letter case counts.
 *
 * @param input the class of the input; `null` for a route that takes none, which knows no names
 * @param parent what the paths of the names begin with
 */
export function findUnknownNames(input: InputClass | null, value: unknown, parent = ''): UnknownName[] {
  const found: UnknownName[] = [];
  collect(input, value, parent, found);
  return found;
}

function collect(input: InputClass | null, value: unknown, parent: string, found: UnknownName[]): void {
  if (typeof value !== 'object' || value === null || found.length >= REPORTED_MAX) return;
  if (Array.isArray(value)) {
    // A route that takes no body ignores a list, which has no names.
    if (input) for (const [index, item] of value.entries()) collect(input, item, `${parent}${index}.`, found);
    return;
  }
  const known: Names = input ? readNames(input) : new Map<string, null>();
  for (const [name, item] of Object.entries(value)) {
    const nested = known.get(name);
    if (nested === undefined) found.push({ parent, name, known: [...known.keys()] });
    else if (nested) collect(nested, item, `${parent}${name}.`, found);
    if (found.length >= REPORTED_MAX) return;
  }
}

/** Returns the path of an unknown name, as errors name it. */
export const readPath = ({ parent, name }: UnknownName): string => parent + shorten(name);

/** Says of an unknown name which one was probably meant. */
export function describeUnknownName(unknown: UnknownName): FieldProblem {
  const { name, known } = unknown;
  const nearest = findNearestName(name, known);
  const hint = nearest === null ? listNames(known) : `; did you mean ${nearest}?`;
  return { field: readPath(unknown), message: `${shorten(name)} is not known here${hint}` };
}

const listNames = (known: string[]): string => (known.length === 0 ? '' : `; known are ${known.toSorted().join(', ')}`);

const shorten = (name: string): string => (name.length > REPEATED_MAX ? `${name.slice(0, 12)}…` : name).toWellFormed();
