// Generated from openapi.json by generator/generate.js. Do not edit.

import type { Answer } from '../transport/answer.js';
import type { List } from '../transport/list.js';
import type { RequestOptions } from '../transport/options.js';
import { Resource } from '../transport/resource.js';
import * as operations from './operations.js';
import type {
  CreatedMerchantView,
  DescribeMerchantBody,
  ExportLineView,
  IdlePolicyView,
  InvitationView,
  InviteMerchantBody,
  KeyPolicyView,
  MerchantDeletionView,
  MerchantPage,
  MerchantView,
  SignInPolicyView,
  SignUpMerchantBody,
  UpdateIdlePolicyBody,
  UpdateKeyPolicyBody,
  UpdateMerchantBody,
  UpdateSignInPolicyBody,
} from '../document/schemas.js';

/** Options of `merchants.signUp`. */
export interface SignUpMerchantOptions extends RequestOptions {
  /** The token at the end of the signup link. */
  token: string;
}

/** Options of `merchants.list`. */
export interface ListMerchantsOptions extends RequestOptions {
  /**
   * The page, from 1.
   *
   * @default 1
   */
  page?: number;
  /**
   * Items per page.
   *
   * @default 20
   */
  limit?: number;
}

/** Options of `merchants.delete`. */
export interface DeleteMerchantOptions extends RequestOptions {
  /** `true` deletes nothing and returns what would be deleted. */
  dryRun?: boolean;
}

/** Merchants, to which members, applications and keys belong, and their policies. */
export class Merchants extends Resource {
  /**
   * Read the policy for unused keys.
   *
   * Requires level 2 or above.
   *
   * @returns Your merchant's policy for unused keys.
   */
  readIdlePolicy(options?: RequestOptions): Answer<IdlePolicyView> {
    return this.callOperation(operations.readIdlePolicy, [], undefined, options);
  }

  /**
   * Change the policy for unused keys.
   *
   * You are notified of an unused key first. It is disabled and deleted as many days later as the policy puts between these steps, whenever
   * it was last used. While your merchant has a key whose level is above yours, you cannot have keys disabled or deleted sooner.
   *
   * Requires level 4 or above.
   *
   * @returns The changed policy for unused keys.
   * @throws {KeywrightError} 400: `request.body_missing`
   * @throws {KeywrightError} 403: `access.stronger_key`
   */
  updateIdlePolicy(body?: UpdateIdlePolicyBody, options?: RequestOptions): Answer<IdlePolicyView> {
    return this.callOperation(operations.updateIdlePolicy, [], body, options);
  }

  /**
   * Invite a merchant.
   *
   * The signup link works once, within two hours. With an e-mail address it is also sent by mail.
   *
   * Requires level 7 or above.
   *
   * @returns The signup link.
   * @throws {KeywrightError} 400: `request.body_missing`
   */
  invite(body?: InviteMerchantBody, options?: RequestOptions): Answer<InvitationView> {
    return this.callOperation(operations.inviteMerchant, [], body, options);
  }

  /**
   * Sign up as a merchant.
   *
   * With the link of an invitation. An attempt that fails does not use the link up. The first member has the role `user` and logs in with the
   * e-mail address.
   *
   * @returns The new merchant.
   * @throws {KeywrightError} 400: `request.body_missing`
   * @throws {KeywrightError} 409: `email.taken`
   * @throws {KeywrightError} 410: `link.gone`
   * @throws {KeywrightError} 429: `request.rate_limited`
   */
  signUp(body: SignUpMerchantBody, options: SignUpMerchantOptions): Answer<CreatedMerchantView> {
    return this.callOperation(operations.signUpMerchant, [], body, options);
  }

  /**
   * List merchants.
   *
   * Requires level 6 or above.
   *
   * @returns A page of merchants.
   */
  list(options?: ListMerchantsOptions): List<MerchantView, MerchantPage> {
    return this.listOperation(operations.listMerchants, [], undefined, options);
  }

  /**
   * Read your own merchant.
   *
   * Requires a login.
   *
   * @returns Your merchant.
   */
  readOwn(options?: RequestOptions): Answer<MerchantView> {
    return this.callOperation(operations.readOwnMerchant, [], undefined, options);
  }

  /**
   * Change your own merchant.
   *
   * Its name and details. What it may do is up to the operator.
   *
   * Requires level 4 or above.
   *
   * @returns Your merchant.
   * @throws {KeywrightError} 400: `request.body_missing`
   */
  updateOwn(body?: DescribeMerchantBody, options?: RequestOptions): Answer<MerchantView> {
    return this.callOperation(operations.updateOwnMerchant, [], body, options);
  }

  /**
   * Read a merchant.
   *
   * Requires level 6 or above.
   *
   * @param id The merchant's id.
   * @returns The merchant.
   * @throws {KeywrightError} 404: `merchant.not_found`
   */
  read(id: string, options?: RequestOptions): Answer<MerchantView> {
    return this.callOperation(operations.readMerchant, [id], undefined, options);
  }

  /**
   * Delete a merchant.
   *
   * For good, with its keys, applications, members, webhooks and policies. When the answer comes, no instance accepts its keys and tokens any more;
   * its rows are deleted in the following minutes, while it is listed as `deleting`. Its audit trail stays, without personal data, and still verifies.
   * A merchant with members who run the server cannot be deleted.
   *
   * Requires level 8 or above.
   *
   * @param id The merchant's id.
   * @returns What is being deleted.
   * @throws {KeywrightError} 404: `merchant.not_found`
   * @throws {KeywrightError} 409: `merchant.own`, `merchant.operators`
   */
  delete(id: string, options?: DeleteMerchantOptions): Answer<MerchantDeletionView> {
    return this.callOperation(operations.deleteMerchant, [id], undefined, options);
  }

  /**
   * Change a merchant.
   *
   * A blocked merchant's login tokens and keys are refused at once, and its webhooks wait. Unblocking restores them. A
   * merchant's scopes bound those of all its keys: on every instance, before the response is sent, a key loses what the merchant has lost. You cannot change a
   * merchant that has a member or a valid key whose level is above yours.
   *
   * Requires level 7 or above.
   *
   * @param id The merchant's id.
   * @returns The changed merchant.
   * @throws {KeywrightError} 400: `request.body_missing`
   * @throws {KeywrightError} 403: `access.stronger_key`
   * @throws {KeywrightError} 404: `merchant.not_found`
   * @throws {KeywrightError} 409: `merchant.own`, `merchant.deleting`
   */
  update(id: string, body: UpdateMerchantBody, options?: RequestOptions): Answer<MerchantView> {
    return this.callOperation(operations.updateMerchant, [id], body, options);
  }

  /**
   * Read the policy for logins.
   *
   * Requires level 2 or above.
   *
   * @returns Your merchant's policy for logins.
   */
  readSignInPolicy(options?: RequestOptions): Answer<SignInPolicyView> {
    return this.callOperation(operations.readSignInPolicy, [], undefined, options);
  }

  /**
   * Change the policy for logins.
   *
   * Takes effect at once, also for members who are logged in. A merchant with a member above you is not yours to change.
   *
   * Requires level 4 or above.
   *
   * @returns The changed policy for logins.
   * @throws {KeywrightError} 400: `request.body_missing`
   */
  updateSignInPolicy(body: UpdateSignInPolicyBody, options?: RequestOptions): Answer<SignInPolicyView> {
    return this.callOperation(operations.updateSignInPolicy, [], body, options);
  }

  /**
   * Read the policy for the life of keys.
   *
   * Requires level 2 or above.
   *
   * @returns Your merchant's policy for the life of keys.
   */
  readKeyPolicy(options?: RequestOptions): Answer<KeyPolicyView> {
    return this.callOperation(operations.readKeyPolicy, [], undefined, options);
  }

  /**
   * Change the policy for the life of keys.
   *
   * It applies to keys of every surface that are created, imported, enabled or extended from now on. Existing keys that live longer stay valid;
   * they can be shortened, rotated and revoked.
   *
   * Requires level 4 or above.
   *
   * @returns The changed policy for the life of keys.
   * @throws {KeywrightError} 400: `request.body_missing`
   */
  updateKeyPolicy(body?: UpdateKeyPolicyBody, options?: RequestOptions): Answer<KeyPolicyView> {
    return this.callOperation(operations.updateKeyPolicy, [], body, options);
  }

  /**
   * Export your own merchant.
   *
   * Everything that is stored about it, but for secrets: members, applications, keys, limits, webhooks and the audit trail. An answer that
   * breaks off is incomplete.
   *
   * Requires level 4 or above.
   *
   * @returns A line of JSON for each thing.
   */
  exportOwn(options?: RequestOptions): AsyncIterable<ExportLineView> {
    return this.readLines(operations.exportOwnMerchant, [], undefined, options);
  }

  /**
   * Export a merchant.
   *
   * As the merchant itself can.
   *
   * Requires level 8 or above.
   *
   * @param id The merchant's id.
   * @returns A line of JSON for each thing.
   * @throws {KeywrightError} 404: `merchant.not_found`
   */
  export(id: string, options?: RequestOptions): AsyncIterable<ExportLineView> {
    return this.readLines(operations.exportMerchant, [id], undefined, options);
  }
}
