import { Controller, HttpCode, Post, Query } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiExtraModels } from '@nestjs/swagger';
import { Caller } from '../../../access/caller.js';
import { LEVELS } from '../../../access/levels.js';
import { Requires } from '../../../access/requires.js';
import { RouteConfig } from '../../../platform/http/route-config.js';
import { DomainError } from '../../../platform/events/domain-error.js';
import { Answers, Refuses, RequiresBody } from '../../../platform/http/route-facts.js';
import { NDJSON } from '../../../platform/validation/lists.js';
import { ImportLines, type ImportLine } from './import-lines.js';
import {
  IMPORT_LINES,
  ImportedKeyBody,
  ImportFormatLine,
  ImportKeysBody,
  ImportQuery,
  ImportReport,
} from './import.dto.js';
import { presentImport } from './import.presenter.js';
import { ImportService } from './import.service.js';

@Controller('api/v1/api-keys')
export class ImportController {
  constructor(private readonly imports: ImportService) {}

  /**
   * Import existing keys by their hashes
   *
   * Your customers' keys keep working after a move to this server, which never sees them in full. The body has at most 256 KiB; for more,
   * use `/api/v1/api-keys/import-lines`, whose NDJSON this path takes as well. Rows are imported in order. A row that cannot be imported is reported by its line, and all others are imported. Sending the same rows again changes nothing:
   * repeat an import that was interrupted. A key that was deleted here stays deleted. Keys for other merchants' applications require level 8.
   *
   * The `keyPrefix` of an imported key is the first 12 characters of `lookupPrefix` or `format.prefix`, or empty.
   */
  @Post('import')
  @Answers('The number of imported keys, and the rows that could not be imported.')
  @Refuses('request.body_missing', DomainError.invalid('format', 'format must be an object, in the first line'))
  @HttpCode(200)
  @ApiBody({ type: ImportKeysBody })
  @RouteConfig({ takesLines: true })
  @RequiresBody()
  @Requires(LEVELS.writeOwn)
  async importMerchantApiKeys(
    @Caller() caller: Caller,
    @Query() { dryRun }: ImportQuery,
    @ImportLines() lines: AsyncIterable<ImportLine>,
  ): Promise<ImportReport> {
    return presentImport(await this.imports.run(caller, lines, dryRun === true));
  }

  /**
   * Import existing keys by their hashes, in lines
   *
   * As `/api/v1/api-keys/import`, for many keys: NDJSON, whose first line is `{"format": {…}}` and every other line a key, up to 100,000 lines
   * of 16 KiB, 128 MiB in all.
   */
  @Post('import-lines')
  @Answers('The number of imported lines, and those that could not be imported.')
  @Refuses('request.body_missing', DomainError.invalid('format', 'format must be an object, in the first line'))
  @HttpCode(200)
  @ApiConsumes(NDJSON)
  @ApiExtraModels(ImportFormatLine, ImportedKeyBody)
  @ApiBody({ schema: IMPORT_LINES })
  @RouteConfig({ takesLines: true })
  @RequiresBody()
  @Requires(LEVELS.writeOwn)
  async importMerchantApiKeyLines(
    @Caller() caller: Caller,
    @Query() { dryRun }: ImportQuery,
    @ImportLines('lines') lines: AsyncIterable<ImportLine>,
  ): Promise<ImportReport> {
    return presentImport(await this.imports.run(caller, lines, dryRun === true));
  }
}
