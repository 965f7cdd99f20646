/** Guarantees of the OpenAPI document: complete, described, with examples, and as committed. */

import { readFileSync } from 'node:fs';
import { ERROR_CATALOGUE } from '../../src/platform/events/error-catalogue.js';
import { expectEnvelope, JSON_TYPE } from '../support/envelope.js';
import { dereference, type ReferringDocument } from '../support/openapi.js';
import { newFolder, Program, removeFolder } from '../support/program.js';

interface DocumentedOperation {
  operationId: string;
  summary: string;
  tags: string[];
  parameters?: { name: string; description?: string; schema?: Record<string, unknown> }[];
  responses: Record<string, DocumentedAnswer>;
}

interface DocumentedAnswer {
  description: string;
  headers?: Record<string, unknown>;
  content?: Record<string, { examples?: Record<string, Example> }>;
}

interface Example {
  $ref?: string;
  summary?: string;
  value?: unknown;
}

/** What an operation may begin with, so that a generated client reads well. */
const VERB =
  /^(acknowledge|attach|begin|check|close|confirm|create|delete|detach|disable|enable|end|export|generate|import|introspect|invite|is|list|log(In|Out)|open|poll|read|recover|redeem|redeliver|remove|report|reset|revoke|rotate|run|set|sign(Up|In)|stream|test|update|verify|whoAm)([A-Z]|$)/;

describe('documentation', () => {
  let folder: string;
  let program: Program;
  let served: ReferringDocument;
  let document: {
    openapi: string;
    tags: { name: string; description: string }[];
    paths: Record<string, Record<string, DocumentedOperation>>;
    'x-tagGroups': { name: string; tags: string[] }[];
    components: { examples: Record<string, Example> };
  };
  let operations: [where: string, operation: DocumentedOperation][];
  beforeAll(async () => {
    folder = newFolder();
    program = await Program.start(folder);
    served = (await program.call('GET', '/docs/json')).body;
    document = dereference(served) as typeof document;
    operations = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.entries(item).map(([method, operation]): [string, DocumentedOperation] => [
        `${method} ${path}`,
        operation,
      ]),
    );
  });
  afterAll(async () => {
    await program.end('SIGKILL');
    await removeFolder(folder);
  });

  it('is at /docs, and / redirects to the console', async () => {
    const { status, headers } = await program.call('GET', '/');
    expect([status, headers.location]).toEqual([302, '/console']);
    const page = await program.call('GET', '/docs');
    expect([page.status, page.headers['content-type']]).toEqual([200, expect.stringMatching(/^text\/html/)]);
    expect(page.text).toContain('<title>Keywright</title>');
  });

  it('is OpenAPI 3.1, as committed', () => {
    expect(document.openapi).toMatch(/^3\.1\.\d$/);
    expect(served).toEqual(JSON.parse(readFileSync('openapi.json', 'utf8')));
  });

  it('gives every operation a name of its own that reads well', () => {
    const names = operations.map(([, { operationId }]) => operationId);
    expect(names.filter((name) => !VERB.test(name) || !/^[A-Za-z]{5,40}$/.test(name))).toEqual([]);
    expect(names).toContain('createApplicationApiKey');
    expect(new Set(names).size).toBe(names.length);
  });

  it('has a summary, a tag and an introduction for everything', () => {
    const tags = document.tags.map(({ name }) => name);
    expect(tags.slice(0, 5)).toEqual(['Login', 'Applications', 'API keys', 'Verification', 'OAuth']);
    expect(document['x-tagGroups'].flatMap((group) => group.tags).sort()).toEqual([...tags].sort());
    const [first] = operations;
    expect(first?.[0]).toBe('post /api/v1/auth/login');
    for (const { description } of document.tags) expect(description.length).toBeGreaterThan(30);
    for (const [where, { summary, tags: own }] of operations) {
      expect([where, summary]).toEqual([where, expect.stringMatching(/^[A-Z].{4,}$/)]);
      expect([where, own.length, tags.includes(own[0] ?? '')]).toEqual([where, 1, true]);
    }
  });

  it('describes every parameter and its values', () => {
    for (const [where, { parameters = [] }] of operations) {
      for (const { name, description = '', schema = {} } of parameters) {
        expect([where, name, description]).toEqual([where, name, expect.stringMatching(/^[A-Z`].{4,}\./s)]);
        // What needn't be given has its example in words, because Swagger UI fills in all others.
        const isShown =
          schema.type === 'boolean' ||
          ['example', 'examples', '$ref', 'default'].some((word) => schema[word] !== undefined);
        expect([where, name, isShown || /[Ss]uch as `.+`/.test(description)]).toEqual([where, name, true]);
      }
      const places = [...where.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      expect(parameters.map(({ name }) => name)).toEqual(expect.arrayContaining(places));
    }
  });

  it('documents every refusal with its codes, and an example of each in the envelope of its surface', () => {
    for (const [where, { responses }] of operations) {
      const [, path = ''] = where.split(' ');
      expect([where, Object.keys(responses).includes('500')]).toEqual([where, true]);
      const refusals = Object.entries(responses).filter(([status]) => Number(status) >= 400);
      for (const [status, { description, headers, content }] of refusals) {
        expect([where, status, description]).toEqual([where, status, expect.stringMatching(/^[A-Z`-].+\.$/s)]);
        expect(Object.keys(headers ?? {})).toEqual(expect.arrayContaining(['X-Error-Code', 'X-Request-Id']));
        // What is wrong with a server's health is shown in no envelope.
        if (where === 'get /health/ready' && status === '503') continue;
        const examples = Object.entries(content?.['application/json']?.examples ?? {});
        expect([where, status, examples.length > 0]).toEqual([where, status, true]);
        for (const [code, { $ref, ...own }] of examples) {
          const example = $ref ? document.components.examples[$ref.split('/').at(-1) ?? ''] : own;
          expect([code in ERROR_CATALOGUE, example?.summary]).toEqual([true, expect.stringMatching(/^[A-Z].+\.$/)]);
          const answer = { status: Number(status), headers: { 'content-type': JSON_TYPE }, text: '' };
          expectEnvelope(path, { ...answer, body: example?.value });
        }
      }
    }
  });
});
