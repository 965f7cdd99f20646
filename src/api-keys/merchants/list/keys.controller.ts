import { Controller, Get, Query, type StreamableFile } from '@nestjs/common';
import { Caller } from '../../../access/caller.js';
import { LEVELS } from '../../../access/levels.js';
import { Requires } from '../../../access/requires.js';
import { presentList } from '../../../platform/http/paging/listed.js';
import { AnswersLines, AnswersOneOf, streamLines } from '../../../platform/validation/lists.js';
import { Refuses } from '../../../platform/http/route-facts.js';
import { ExportedKeyView, ExportKeysQuery, KeyPage, KeyPart, ListKeysQuery } from './keys.dto.js';
import { presentExportedKey, presentKey } from './keys.presenter.js';
import { KeysService } from './keys.service.js';

@Controller('api/v1/api-keys')
export class KeysController {
  constructor(private readonly keys: KeysService) {}

  /**
   * List your merchant's API keys
   *
   * The keys of every surface; personal keys only if they are your own, or if you may read other merchants' keys. In pages, or with `cursor`
   * in parts, which are equally fast for any number of keys.
   */
  @Get()
  @Requires(LEVELS.readSome)
  @AnswersOneOf('A page of keys, or with `cursor` a part.', KeyPage, KeyPart)
  @Refuses('access.other_owner')
  async listMerchantApiKeys(@Caller() caller: Caller, @Query() query: ListKeysQuery): Promise<KeyPage | KeyPart> {
    return presentList(await this.keys.listOfMerchant(caller, query), presentKey);
  }

  /**
   * Export your merchant's API keys
   *
   * Everything but the secrets: a line of JSON for each key, the oldest first. An answer that breaks off is incomplete.
   */
  @Get('export')
  @Requires(LEVELS.readSome)
  @AnswersLines(ExportedKeyView, 'A line of JSON for each key.')
  @Refuses('access.other_owner')
  exportMerchantApiKeys(@Caller() caller: Caller, @Query() query: ExportKeysQuery): StreamableFile {
    return streamLines(this.keys.export(caller, query), presentExportedKey);
  }
}
