import { setTimeout as sleep } from 'node:timers/promises';
import {
  context,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Context,
  type Span,
  type Tracer,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import {
  ATTR_ERROR_TYPE,
  ATTR_HTTP_REQUEST_METHOD,
  ATTR_HTTP_RESPONSE_STATUS_CODE,
  ATTR_HTTP_ROUTE,
  ATTR_SERVICE_NAME,
} from '@opentelemetry/semantic-conventions';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { DataSource } from 'typeorm';
import { andThen } from '../../runtime/maybe-promise.js';
import { StatementSpans } from './statement-spans.js';
import { setSpanWriter, type SpanFacts, type SpanWriter } from './span.js';

const SCOPE = 'keywright';

/** The longest time that a stopping process waits for the receiver. */
const STOP_MS = 2000;

/**
 * Traces by OpenTelemetry. This file is loaded only when `OTEL_EXPORTER_OTLP_ENDPOINT` is set. The SDK reads its other variables itself: `OTEL_SERVICE_NAME`, `OTEL_RESOURCE_ATTRIBUTES`, `OTEL_TRACES_SAMPLER`, `OTEL_EXPORTER_OTLP_HEADERS`, `OTEL_BSP_…`.
 */
export class Tracing implements SpanWriter {
  private readonly provider: NodeTracerProvider;
  private readonly tracer: Tracer;
  private readonly contexts = new WeakMap<FastifyRequest, Context>();

  /** @param endpoint the URL of the receiver, without the path of the signal */
  constructor(endpoint: string) {
    const resource = resourceFromAttributes({ [ATTR_SERVICE_NAME]: SCOPE });
    this.provider = new NodeTracerProvider({
      resource: defaultResource()
        .merge(resource)
        .merge(detectResources({ detectors: [envDetector] })),
      spanProcessors: [
        new BatchSpanProcessor(new OTLPTraceExporter({ url: `${endpoint.replace(/\/+$/, '')}/v1/traces` })),
      ],
    });
    this.provider.register();
    this.tracer = this.provider.getTracer(SCOPE);
    setSpanWriter(this);
  }

  /** Records the requests to routes that are registered from now on, each as a part of the trace that the request names. */
  follow(fastify: FastifyInstance): void {
    fastify.addHook('onRequest', (request, _reply, done) => {
      const { method, headers, routeOptions, id } = request;
      const parent = propagation.extract(ROOT_CONTEXT, headers);
      const attributes = {
        [ATTR_HTTP_REQUEST_METHOD]: method,
        ...(routeOptions.url !== undefined && { [ATTR_HTTP_ROUTE]: routeOptions.url }),
        'keywright.request_id': id,
      };
      const name = routeOptions.url === undefined ? method : `${method} ${routeOptions.url}`;
      const span = this.tracer.startSpan(name, { kind: SpanKind.SERVER, attributes }, parent);
      const own = trace.setSpan(parent, span);
      this.contexts.set(request, own);
      context.with(own, done);
    });
    // Reading the body has left the context of the request.
    fastify.addHook('preValidation', (request, _reply, done) => {
      context.with(this.contexts.get(request) ?? ROOT_CONTEXT, done);
    });
    fastify.addHook('onResponse', (request, { statusCode }, done) => {
      const span = trace.getSpan(this.contexts.get(request) ?? ROOT_CONTEXT);
      span?.setAttribute(ATTR_HTTP_RESPONSE_STATUS_CODE, statusCode);
      if (statusCode >= 500) span?.setStatus({ code: SpanStatusCode.ERROR });
      span?.end();
      done();
    });
  }

  /** Records the statements of these data sources. */
  followStatements(sources: Iterable<DataSource>): void {
    for (const { subscribers } of sources) subscribers.push(new StatementSpans(this.tracer));
  }

  /** Records spans within requests only; the background tasks of the server would fill the traces. */
  write<T>(name: string, work: (note: (facts: SpanFacts) => void) => T): T {
    const note = (facts: SpanFacts): void => void span.setAttributes(namespaced(facts));
    if (trace.getActiveSpan() === undefined) return work(() => undefined);
    const span = this.tracer.startSpan(name);
    return context.with(trace.setSpan(context.active(), span), () => ended(span, () => work(note)));
  }

  /** Sends the remaining spans, if the receiver accepts them in time. */
  async stop(): Promise<void> {
    setSpanWriter(null);
    await Promise.race([this.provider.shutdown().catch(() => undefined), sleep(STOP_MS, undefined, { ref: false })]);
  }
}

const namespaced = (facts: SpanFacts): SpanFacts =>
  Object.fromEntries(Object.entries(facts).map(([name, value]) => [`${SCOPE}.${name}`, value]));

/** Ends the span when the work ends, at once or when its promise settles. */
function ended<T>(span: Span, work: () => T): T {
  try {
    const result: unknown = work();
    return andThen(
      result,
      (value) => {
        span.end();
        return value;
      },
      (error) => {
        fail(span, error);
        throw error;
      },
    ) as T;
  } catch (error) {
    fail(span, error);
    throw error;
  }
}

/** Records the kind of an error, but not its message: that of a failed statement contains its parameters. */
function fail(span: Span, error: unknown): void {
  span.setAttribute(ATTR_ERROR_TYPE, kindOf(error));
  span.setStatus({ code: SpanStatusCode.ERROR });
  span.end();
}

function kindOf(error: unknown): string {
  const { code, name } = (error ?? {}) as { code?: unknown; name?: unknown };
  return typeof code === 'string' ? code : typeof name === 'string' ? name : 'Error';
}
