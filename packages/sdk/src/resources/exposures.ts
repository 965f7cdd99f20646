// Generated from openapi.json by generator/generate.js. Do not edit.

import type { Answer } from '../transport/answer.js';
import type { RequestOptions } from '../transport/options.js';
import { Resource } from '../transport/resource.js';
import * as operations from './operations.js';
import type {
  ExposurePolicyView,
  GithubMatchBody,
  ReceivedReportView,
  ReportExposuresBody,
  UpdateExposurePolicyBody,
} from '../document/schemas.js';

/** Options of `exposures.reportGithub`. */
export interface ReportGithubExposuresOptions extends RequestOptions {
  /** ECDSA on P-256 with SHA-256 over the body's bytes: DER in base64. */
  githubPublicKeySignature: string;
  /** The name of the key that signed. */
  githubPublicKeyIdentifier: string;
}

/** Reports of leaked keys, and what the server does about them. */
export class Exposures extends Resource {
  /**
   * Report keys that you have found.
   *
   * Anyone can report keys. The owner of each key is notified, and the owner's policy for exposed keys is applied. The answer is the same
   * whether such keys exist or not, and is sent before the server looks. Only a whole key counts, not its public part alone.
   *
   * @returns The number of reported keys.
   * @throws {KeywrightError} 400: `request.body_missing`
   * @throws {KeywrightError} 429: `request.rate_limited`
   */
  report(body: ReportExposuresBody, options?: RequestOptions): Answer<ReceivedReportView> {
    return this.callOperation(operations.reportExposures, [], body, options);
  }

  /**
   * Report keys that GitHub has found.
   *
   * For GitHub's secret scanning partner program: the body is signed by a key of `GITHUB_SECRET_SCANNING_KEYS`. The answer does not tell which
   * of the keys exist.
   *
   * @returns The number of reported keys.
   * @throws {KeywrightError} 403: `exposure.not_signed`
   * @throws {KeywrightError} 429: `request.rate_limited`
   */
  reportGithub(body: GithubMatchBody[], options: ReportGithubExposuresOptions): Answer<ReceivedReportView> {
    return this.callOperation(operations.reportGithubExposures, [], body, options);
  }

  /**
   * Read the policy for exposed keys.
   *
   * Requires level 1 or above.
   *
   * @returns Your merchant's policy for exposed keys.
   */
  readPolicy(options?: RequestOptions): Answer<ExposurePolicyView> {
    return this.callOperation(operations.readExposurePolicy, [], undefined, options);
  }

  /**
   * Change the policy for exposed keys.
   *
   * The policy applies to keys that are found from now on, and to a key that was found before when it is found again. While your merchant has a
   * key whose level is above yours, you cannot have exposed keys disabled or deleted.
   *
   * Requires level 4 or above.
   *
   * @returns The changed policy for exposed keys.
   * @throws {KeywrightError} 400: `request.body_missing`
   * @throws {KeywrightError} 403: `access.stronger_key`
   */
  updatePolicy(body?: UpdateExposurePolicyBody, options?: RequestOptions): Answer<ExposurePolicyView> {
    return this.callOperation(operations.updateExposurePolicy, [], body, options);
  }
}
