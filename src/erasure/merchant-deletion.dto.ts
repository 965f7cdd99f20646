import { IsOptional } from 'class-validator';
import { IsQueryFlag } from '../platform/validation/query-flag.js';

/** Whether a merchant is to be deleted, or only what belongs to it counted. */
export class DeleteMerchantQuery {
  /** `true` deletes nothing and returns what would be deleted. */
  @IsOptional()
  @IsQueryFlag()
  dryRun?: boolean;
}

/** What is deleted with a merchant. */
export class MerchantDeletionView {
  /**
   * The id of the merchant.
   * @example "5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11"
   */
  id: string;

  /**
   * The name of the merchant.
   * @example "Example Shop Ltd"
   */
  name: string;

  /** Whether nothing was deleted. */
  dryRun: boolean;

  /**
   * The number of its keys, valid or not.
   * @example 1200
   */
  keys: number;

  /**
   * The number of its applications.
   * @example 3
   */
  applications: number;

  /**
   * The number of its members, invited ones included.
   * @example 5
   */
  members: number;

  /**
   * The number of its webhook endpoints.
   * @example 1
   */
  webhooks: number;
}
