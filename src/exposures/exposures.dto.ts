import { ArrayMaxSize, ArrayNotEmpty, IsArray, IsString, Length } from 'class-validator';
import { IsOmittable } from '../platform/validation/omittable.js';
import { IsText } from '../platform/validation/text.js';

const KEYS_MAX = 100;
const KEY_LENGTH_MAX = 512;

/** A report of exposed keys. */
export class ReportExposuresBody {
  /**
   * The keys as they were found, each with any text around it, such as quotes, `Bearer`, a URL or a line of code: full keys (`ks_…`), pairs as
   * `<key>:<secret>`, or imported keys.
   * @example ["ks_live_abc1XYZabc1XYZabSecretSecretSecretSecretSecre0CHECK"]
   */
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(KEYS_MAX)
  @IsString({ each: true })
  @Length(1, KEY_LENGTH_MAX, { each: true })
  keys: string[];

  /**
   * Where the keys were found, for example a URL. The owners of the keys are shown it.
   * @example "https://paste.example/x7Fq"
   */
  @IsOmittable()
  @IsText(300)
  source?: string;
}

/** The receipt of a report. It does not reveal whether the keys exist. */
export class ReceivedReportView {
  /**
   * The number of keys in the report.
   * @example 1
   */
  received: number;
}

/** A secret found by GitHub secret scanning. */
export class GithubMatchBody {
  /**
   * The secret that was found.
   * @example "ks_live_abc1XYZabc1XYZabSecretSecretSecretSecretSecre0CHECK"
   */
  token: string;

  /**
   * The name of GitHub's pattern for such secrets.
   * @example "keywright_api_key"
   */
  type?: string;

  /**
   * The public URL of the secret; may be empty.
   * @example "https://github.com/octocat/Hello-World/blob/12345600b9cbe38a219f39a9941c9319b600c002/foo/bar.txt"
   */
  url?: string;

  /**
   * The kind of place in which the secret was found.
   * @example "content"
   */
  source?: string;
}
