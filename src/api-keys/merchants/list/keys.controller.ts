import { Controller, Get, Query, type StreamableFile } from '@nestjs/common';
import { Caller } from '../../../access/caller.js';
import { LEVELS } from '../../../access/levels.js';
import { Requires } from '../../../access/requires.js';
import { presentList } from '../../../platform/http/paging/listed.js';
import { AnswersLines, AnswersOneOf, streamLines } from '../../../platform/validation/lists.js';
import { ExportedKeyView, ExportKeysQuery, KeyPage, KeyPart, ListKeysQuery } from './keys.dto.js';
import { presentExportedKey, presentKey } from './keys.presenter.js';
import { KeysService } from './keys.service.js';

@Controller('api/v1/api-keys')
export class KeysController {
  constructor(private readonly keys: KeysService) {}

  /**
   * List your merchant's API keys
   *
   * Those of every surface; of personal keys only your own, unless you may read other merchants' keys. In pages, or with `cursor` in
   * parts, which stay fast however many keys there are.
   */
  @Get()
  @Requires(LEVELS.readSome)
  @AnswersOneOf(KeyPage, KeyPart)
  async listMerchantApiKeys(@Caller() caller: Caller, @Query() query: ListKeysQuery): Promise<KeyPage | KeyPart> {
    return presentList(await this.keys.listOfMerchant(caller, query), presentKey);
  }

  /**
   * Export your merchant's API keys
   *
   * Everything but their secrets, a line of JSON for each key, the oldest first, as it is read. An answer that breaks off is incomplete.
   */
  @Get('export')
  @Requires(LEVELS.readSome)
  @AnswersLines(ExportedKeyView, 'A line of JSON for each key.')
  exportMerchantApiKeys(@Caller() caller: Caller, @Query() query: ExportKeysQuery): StreamableFile {
    return streamLines(this.keys.export(caller, query), presentExportedKey);
  }
}
