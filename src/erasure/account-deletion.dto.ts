import { IsBoolean, IsOptional, Matches } from 'class-validator';

/** What a person confirms who deletes the own account. */
export class DeleteAccountBody {
  /**
   * The current password, which is required once the account has one.
   * @example "the password that you have"
   */
  @IsOptional()
  @Matches(/^[^\0]{1,200}$/u, { message: 'invalidCurrentPassword' })
  currentPassword?: string;

  /**
   * `true` also deletes your merchant, with all its keys, if you are its only member. Without it, the only member cannot go.
   * @example false
   */
  @IsOptional()
  @IsBoolean({ message: 'invalidDeleteMerchant' })
  deleteMerchant?: boolean;
}

export class DeletedAccountAnswer {
  /**
   * Whether your merchant is deleted with the account.
   * @example false
   */
  merchantDeleted: boolean;
}
