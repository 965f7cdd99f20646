import { useQuery } from '@tanstack/preact-query';
import { api } from '../api/client.js';
import type { ApplicationView } from '../api/sdk.js';

const PAGE_SIZE = 100;

async function readAll(): Promise<ApplicationView[]> {
  const all: ApplicationView[] = [];
  for await (const application of api.applications.list({ limit: PAGE_SIZE })) all.push(application);
  return all;
}

/** All applications of the merchant. */
export const useApplications = () => useQuery({ queryKey: ['applications'], queryFn: readAll });

/** Returns a function that names an application by its id: by the beginning of the id until the names are known. */
export function useApplicationNames(): (id: string) => string {
  const { data = [] } = useApplications();
  const names = new Map(data.map(({ id, name }) => [id, name]));
  return (id) => names.get(id) ?? `${id.slice(0, 8)}…`;
}
