import type { ImportFormat } from '../../../credentials/imported/import-format.entity.js';
import type { ImportFormatView } from './import-formats.dto.js';

export const presentImportFormat = ({
  id,
  kind,
  prefix,
  length,
  lookupLength,
  createdAt,
}: ImportFormat): ImportFormatView => ({ id, kind, prefix, length, lookupLength, createdAt: createdAt.toISOString() });
