import { Controller, HttpCode, Post, Query } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiBody, ApiConsumes } from '@nestjs/swagger';
import { Caller } from '../../../access/caller.js';
import { LEVELS } from '../../../access/levels.js';
import { Requires } from '../../../access/requires.js';
import { TAKES_LINES } from '../../../platform/http/bodies.js';
import { ImportLines, type ImportLine } from './import-lines.js';
import { ImportKeysBody, ImportQuery, ImportReport } from './import.dto.js';
import { presentImport } from './import.presenter.js';
import { ImportService } from './import.service.js';

@Controller('api/v1/api-keys/import')
export class ImportController {
  constructor(private readonly imports: ImportService) {}

  /**
   * Import existing keys by their hashes
   *
   * The keys of customers go on working after a move to this server, which never sees them in full. Send NDJSON, the first line
   * `{"format": {…}}` and every other one a key, up to 100,000 lines of 16 KiB; or a JSON body of at most 256 KiB. Rows are imported in their
   * order, and a row that can't be is told by its line while all others are. To send the same rows again changes nothing, so an import that
   * was interrupted is finished by repeating it; a key that was deleted here stays deleted. Keys for other merchants' applications need level 8.
   *
   * A key's `keyPrefix` is what is known of its beginning: the first 12 characters of `lookupPrefix` or `format.prefix`, else empty.
   */
  @Post()
  @HttpCode(200)
  @ApiConsumes('application/json', 'application/x-ndjson')
  @ApiBody({ type: ImportKeysBody })
  @RouteConfig(TAKES_LINES)
  @Requires(LEVELS.writeOwn)
  async importMerchantApiKeys(
    @Caller() caller: Caller,
    @Query() { dryRun }: ImportQuery,
    @ImportLines() lines: AsyncIterable<ImportLine>,
  ): Promise<ImportReport> {
    return presentImport(await this.imports.run(caller, lines, dryRun === 'true'));
  }
}
