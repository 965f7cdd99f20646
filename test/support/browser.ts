import { Agent } from 'node:http';
import { send, type Answer, type RequestOptions } from './http.js';

/** Requests of a browser to a host, which a test may have answered by a server of another address. */
export type Host = (method: string, path: string, options: RequestOptions) => Promise<Answer>;

interface Cookie {
  name: string;
  value: string;
  path: string;
  isSecure: boolean;
}

/** Where a browser has arrived. */
export interface Page {
  url: URL;
  answer: Answer;
}

/** A browser as far as redirects and cookies go: it sends what it was given to the same origin, path and scheme. */
export class Browser {
  private readonly jar = new Map<string, Cookie[]>();
  private readonly agent = new Agent({ keepAlive: true });

  /** @param hosts by their origins; all others are asked where they are */
  constructor(private readonly hosts: Record<string, Host> = {}) {}

  /** One request, whose redirect is not followed. */
  async request(address: string | URL, form?: Record<string, string>): Promise<Page> {
    const url = new URL(address);
    const { origin, pathname, search, protocol } = url;
    const cookies = (this.jar.get(origin) ?? []).filter(
      ({ path, isSecure }) => (!isSecure || protocol === 'https:') && isBelow(pathname, path),
    );
    const headers = { ...(cookies.length > 0 && { cookie: headerOf(cookies) }) };
    const host = this.hosts[origin] ?? ((...request) => send(this.agent, origin, ...request));
    const answer = await host(form ? 'POST' : 'GET', `${pathname}${search}`, { headers, ...(form && { form }) });
    this.keep(origin, answer.headers['set-cookie'] ?? []);
    return { url, answer };
  }

  /** A request, and the redirects that follow from it, but for those to an origin at which the test stops. */
  async visit(address: string | URL, form?: Record<string, string>, stop?: string): Promise<Page> {
    let page = await this.request(address, form);
    for (let hops = 0; hops < 20; hops += 1) {
      const { status, headers } = page.answer;
      if (status < 300 || status >= 400 || headers.location === undefined) return page;
      const next = new URL(headers.location, page.url);
      if (next.origin === stop) return { ...page, url: next };
      page = await this.request(next);
    }
    throw new Error(`${page.url.href} redirects for ever.`);
  }

  /** The cookies of an origin, as a browser sends them. */
  cookiesOf(origin: string): string {
    return headerOf(this.jar.get(origin) ?? []);
  }

  close(): void {
    this.agent.destroy();
  }

  private keep(origin: string, lines: string[]): void {
    for (const line of lines) {
      const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
      const [name = '', value = ''] = pair.split(/=(.*)/s);
      const read = (attribute: string): string | undefined =>
        attributes.find((one) => one.toLowerCase().startsWith(`${attribute}=`))?.slice(attribute.length + 1);
      const path = read('path') ?? '/';
      const others = (this.jar.get(origin) ?? []).filter((cookie) => cookie.name !== name || cookie.path !== path);
      const isOver = read('max-age') === '0' || Date.parse(read('expires') ?? '9999-01-01') < Date.now();
      const isSecure = attributes.some((one) => one.toLowerCase() === 'secure');
      this.jar.set(origin, isOver ? others : [...others, { name, value, path, isSecure }]);
    }
  }
}

const headerOf = (cookies: Cookie[]): string => cookies.map(({ name, value }) => `${name}=${value}`).join('; ');

const isBelow = (pathname: string, path: string): boolean =>
  pathname === path || pathname.startsWith(path.endsWith('/') ? path : `${path}/`);
