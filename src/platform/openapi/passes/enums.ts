import { mapSchemas, type Place, type Schema, type SchemaDocument } from './schema.js';

/** An enum that is written out in several places. */
interface Group {
  schema: Schema;
  places: Place[];
}

/** What the names of schemas end in, which the names of their enums leave out. */
const SUFFIX = /(Body|View|Query|Answer|Filter)$/;

const capitalize = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

const isInline = ({ enum: values }: Schema, { name }: Place): boolean =>
  name !== '' && Array.isArray(values) && values.length > 1;

const valuesOf = (schema: Schema): string => JSON.stringify(schema.enum);

/**
 * Moves enums to components, one for the same values, so that generated clients have a type for each.
 *
 * @param names the names of enums by their property, or by `<schema>.<property>` where properties of that name have different values; without
 *   one, an enum is named after its first schema and its property
 */
export function nameEnums<T extends SchemaDocument>(document: T, names: Record<string, string>): T {
  const groups = new Map<string, Group>();
  mapSchemas(document, (schema, place) => {
    if (!isInline(schema, place)) return schema;
    const group = groups.get(valuesOf(schema)) ?? { schema: { type: schema.type, enum: schema.enum }, places: [] };
    groups.set(valuesOf(schema), group);
    group.places.push(place);
    return schema;
  });
  const named = new Map([...groups].map(([values, group]) => [values, nameGroup(group, names)]));
  const schemas = Object.fromEntries([...groups].map(([values, { schema }]) => [named.get(values) ?? '', schema]));
  const taken = Object.keys((document.components as { schemas?: object } | undefined)?.schemas ?? {});
  const twice = [...named.values()].filter((name, index, all) => taken.includes(name) || all.indexOf(name) !== index);
  if (twice.length > 0) throw new Error(`The names of enums are taken: ${twice.join(', ')}.`);
  const replaced = mapSchemas(document, (schema, place) => {
    if (!isInline(schema, place)) return schema;
    const description = Object.entries(schema).filter(([word]) => word !== 'type' && word !== 'enum');
    return { $ref: `#/components/schemas/${named.get(valuesOf(schema))}`, ...Object.fromEntries(description) };
  });
  const { schemas: others } = replaced.components as { schemas: Record<string, Schema> };
  return { ...replaced, components: { ...replaced.components, schemas: { ...others, ...schemas } } };
}

function nameGroup({ places }: Group, names: Record<string, string>): string {
  const [first] = places;
  const given = places.map(({ owner, name }) => names[`${owner}.${name}`] ?? names[name]).find(Boolean);
  return given ?? capitalize(first?.owner.replace(SUFFIX, '') ?? '') + capitalize(first?.name ?? '');
}
