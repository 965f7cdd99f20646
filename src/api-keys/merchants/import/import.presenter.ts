import { merchants } from '../../../platform/http/surfaces/merchants-surface.js';
import type { ImportProblemView, ImportReport } from './import.dto.js';
import type { ImportProblem } from './import-batches.js';
import type { ImportResult } from './import.service.js';

export function presentImport({
  imported,
  existing,
  failed,
  isDryRun,
  isShared,
  problems,
}: ImportResult): ImportReport {
  const report = { imported, existing, failed, dryRun: isDryRun, results: problems.map(presentProblem) };
  return isShared ? { ...report, sharedFormat: true } : report;
}

/** Presents a problem with the message that the error would have as the response to a request. */
function presentProblem({ line, externalId, error }: ImportProblem): ImportProblemView {
  const { message, details } = merchants.failure({ status: error.status, error }) as Omit<ImportProblemView, 'line'>;
  return {
    line,
    ...(externalId !== null && { externalId }),
    status: error.status,
    message,
    ...(details && { details }),
  };
}
