import { SpanKind, SpanStatusCode, trace, type Tracer } from '@opentelemetry/api';
import {
  ATTR_DB_COLLECTION_NAME,
  ATTR_DB_OPERATION_NAME,
  ATTR_DB_SYSTEM_NAME,
} from '@opentelemetry/semantic-conventions';
import type { AfterQueryEvent, DataSource, EntitySubscriberInterface } from 'typeorm';

/** Records a span for each statement of a request, with its operation and table, without its text and parameters. */
export class StatementSpans implements EntitySubscriberInterface {
  constructor(private readonly tracer: Tracer) {}

  afterQuery({ dataSource, query, success, executionTime = 0 }: AfterQueryEvent): void {
    if (trace.getActiveSpan() === undefined) return;
    const { operation, table } = named(query);
    const span = this.tracer.startSpan(table === undefined ? operation : `${operation} ${table}`, {
      kind: SpanKind.CLIENT,
      startTime: Date.now() - executionTime,
      attributes: {
        [ATTR_DB_SYSTEM_NAME]: systemOf(dataSource),
        [ATTR_DB_OPERATION_NAME]: operation,
        ...(table !== undefined && { [ATTR_DB_COLLECTION_NAME]: table }),
      },
    });
    if (!success) span.setStatus({ code: SpanStatusCode.ERROR });
    span.end();
  }
}

function named(query: string): { operation: string; table?: string } {
  const [operation = 'statement'] = /[a-z]+/i.exec(query) ?? [];
  const [, table] = /\b(?:FROM|INTO|UPDATE)\s+[`"]?(\w+)/i.exec(query) ?? [];
  return { operation: operation.toUpperCase(), table };
}

const systemOf = ({ options }: DataSource): string => (options.type === 'better-sqlite3' ? 'sqlite' : options.type);
