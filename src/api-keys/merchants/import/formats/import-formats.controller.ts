import { Controller, Delete, Get, HttpCode, Query, UseGuards } from '@nestjs/common';
import { Caller } from '../../../../access/caller.js';
import { LEVELS } from '../../../../access/levels.js';
import { Requires } from '../../../../access/requires.js';
import { PageQuery, presentPage } from '../../../../platform/http/paging/page.dto.js';
import { Answers, Refuses } from '../../../../platform/http/route-facts.js';
import { ImportFormat } from '../../../credentials/imported/import-format.entity.js';
import { ImportFormatGuard, TheImportFormat } from './import-format.guard.js';
import { ImportFormatPage } from './import-formats.dto.js';
import { presentImportFormat } from './import-formats.presenter.js';
import { ImportFormats } from './import-formats.js';

@Controller('api/v1/api-keys/import-formats')
export class ImportFormatsController {
  constructor(private readonly formats: ImportFormats) {}

  /** List the formats of your merchant's imported keys */
  @Get()
  @Answers('A page of formats, the oldest first.')
  @Requires(LEVELS.readSome)
  async listImportFormats(@Caller() caller: Caller, @Query() query: PageQuery): Promise<ImportFormatPage> {
    return presentPage(await this.formats.list(caller, query), query, presentImportFormat);
  }

  /**
   * Delete a format that no key has
   *
   * Formats whose last key has been deleted, or rotated, are also deleted overnight.
   */
  @Delete(':id')
  @Answers('The format has been deleted.')
  @HttpCode(204)
  @Refuses('import_format.in_use')
  @Requires(LEVELS.writeOwn)
  @UseGuards(ImportFormatGuard)
  async deleteImportFormat(@Caller() caller: Caller, @TheImportFormat() format: ImportFormat): Promise<void> {
    await this.formats.delete(caller, format);
  }
}
