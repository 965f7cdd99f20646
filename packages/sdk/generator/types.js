// Turns JSON schemas into TypeScript, with the document's descriptions as comments.

const REFERENCE = '#/components/schemas/';

/** @returns a doc comment of the lines that are not empty, or nothing */
export function comment(...lines) {
  const text = lines
    .filter((line) => line)
    .join('\n\n')
    .replaceAll('*/', '* /')
    .trim();
  if (text === '') return '';
  if (!text.includes('\n') && text.length < 100) return `/** ${text} */\n`;
  return `/**\n${text
    .split('\n')
    .map((line) => ` * ${line}`.trimEnd())
    .join('\n')}\n */\n`;
}

const literal = (value) => JSON.stringify(value);
const inParentheses = (type) => (/[|&]/.test(type) && !/^[{(]/.test(type) ? `(${type})` : type);

/** Where a type stands decides which fields may be missing; the document says so in the same way for both directions. */
export class Types {
  /** The schemas that have been named. */
  names = new Set();

  /** @returns the type of a schema */
  of(schema) {
    if (schema === undefined || schema === true) return 'unknown';
    if (schema.$ref) return this.named(schema.$ref.slice(REFERENCE.length));
    if ('const' in schema) return literal(schema.const);
    if (schema.enum) return schema.enum.map(literal).join(' | ');
    const alternatives = schema.oneOf ?? schema.anyOf;
    if (alternatives) return [...new Set(alternatives.map((one) => this.of(one)))].join(' | ');
    if (schema.allOf) return schema.allOf.map((one) => inParentheses(this.of(one))).join(' & ');
    const types = [schema.type ?? (schema.properties ? 'object' : undefined)].flat();
    return types.map((type) => this.ofType(type, schema)).join(' | ');
  }

  named(name) {
    this.names.add(name);
    return name;
  }

  ofType(type, schema) {
    switch (type) {
      case 'string':
      case 'boolean':
      case 'null':
        return type;
      case 'integer':
      case 'number':
        return 'number';
      case 'array':
        return `${inParentheses(this.of(schema.items))}[]`;
      case 'object':
        return this.object(schema);
      default:
        return 'unknown';
    }
  }

  object({ properties = {}, required = [], additionalProperties }) {
    const fields = Object.entries(properties);
    const others = typeof additionalProperties === 'object' ? this.of(additionalProperties) : 'unknown';
    if (fields.length === 0) return `Record<string, ${others}>`;
    const index = additionalProperties ? `[name: string]: unknown;\n` : '';
    return `{\n${fields.map(([name, schema]) => this.field(name, schema, required.includes(name))).join('')}${index}}`;
  }

  field(name, schema, isRequired) {
    const example = typeof schema.example === 'object' || schema.example === undefined ? '' : String(schema.example);
    const key = /^[A-Za-z_$][\w$]*$/.test(name) ? name : literal(name);
    const examples = example === '' || example.includes('\n') ? '' : `@example ${example}`;
    const fallback = schema.default === undefined ? '' : `@default ${JSON.stringify(schema.default)}`;
    const about = comment(schema.description, [fallback, examples].filter(Boolean).join('\n'));
    return `${about}${key}${isRequired ? '' : '?'}: ${this.of(schema)};\n`;
  }

  /** @returns the declaration of a named schema */
  declare(name, schema) {
    const about = comment(schema.description);
    const type = this.of(schema);
    const isInterface = type.startsWith('{\n') && !schema.allOf && !schema.oneOf && !schema.anyOf;
    return `${about}export ${isInterface ? `interface ${name} ${type}` : `type ${name} = ${type};`}\n`;
  }
}
