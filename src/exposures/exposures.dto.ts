import { ArrayMaxSize, ArrayNotEmpty, IsArray, IsString, Length } from 'class-validator';
import { IsOmittable } from '../platform/validation/omittable.js';
import { IsText } from '../platform/validation/text.js';

const KEYS_MAX = 100;
const KEY_LENGTH_MAX = 512;

/** Keys that somebody has found. */
export class ReportExposuresBody {
  /**
   * Whole keys as they were found: a full key (`ks_…`), or `<key>:<secret>`.
   * @example ["ks_live_abc1XYZabc1XYZabSecretSecretSecretSecretSecre0CHECK"]
   */
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(KEYS_MAX)
  @IsString({ each: true })
  @Length(1, KEY_LENGTH_MAX, { each: true })
  keys: string[];

  /**
   * Where they were found. The owners of the keys get to read it.
   * @example "https://paste.example/x7Fq"
   */
  @IsOmittable()
  @IsText(300)
  source?: string;
}

/** That a report has been taken in; nothing of what will come of it. */
export class ReceivedReportView {
  /**
   * Keys in the report.
   * @example 1
   */
  received: number;
}

/** A secret that GitHub has found. */
export class GithubMatchBody {
  /**
   * What was found.
   * @example "ks_live_abc1XYZabc1XYZabSecretSecretSecretSecretSecre0CHECK"
   */
  token: string;

  /**
   * The name under which GitHub looks for such secrets.
   * @example "keywright_api_key"
   */
  type?: string;

  /**
   * Where anybody can read it; may be empty.
   * @example "https://github.com/octocat/Hello-World/blob/12345600b9cbe38a219f39a9941c9319b600c002/foo/bar.txt"
   */
  url?: string;

  /**
   * In what it was found.
   * @example "content"
   */
  source?: string;
}
