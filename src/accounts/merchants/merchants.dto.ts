import { OmitType, PartialType } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayNotEmpty,
  IsArray,
  IsEmail,
  IsIn,
  IsISO31661Alpha2,
  IsObject,
  IsOptional,
  IsString,
  IsUrl,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { IsOmittable } from '../../platform/validation/omittable.js';
import { EMAIL, IsText } from '../../platform/validation/text.js';
import { IsMerchantScopes, SCOPES_MAX } from '../../platform/validation/scope.js';
import { PageView } from '../../platform/http/paging/page.dto.js';
import { NewPerson } from '../person.dto.js';

/** An invitation to send. */
export class InviteMerchantBody {
  /**
   * The address to mail the link to; optional.
   * @example "owner@shop.example"
   */
  @IsOptional()
  @IsEmail(EMAIL)
  @IsText(254)
  email?: string;
}

/** An invitation to become a merchant. */
export class InvitationView {
  /**
   * The signup link, valid once until it expires, for anyone who has it.
   * @example "http://127.0.0.1:3000/api/v1/merchants/signup?token=3b1f0a"
   */
  signupLink: string;

  /**
   * The validity of the link, in seconds.
   * @example 7200
   */
  expiresIn: number;
}

/** The token of a signup link. */
export class SignupQuery {
  /**
   * The token at the end of the signup link.
   * @example "0f3a5c7e9b1d2f4a6c8e0f3a5c7e9b1d2f4a6c8e0f3a5c7e"
   */
  @IsText(200)
  token: string;
}

/** A company that signs up. */
export class OrganizationBody {
  /**
   * The registered name of the company, 1 to 200 characters.
   * @example "Example Shop Ltd"
   */
  @IsText(200)
  legalBusinessName: string;

  /**
   * The name that the company trades under, 1 to 200 characters.
   * @example "Example Shop"
   */
  @IsOptional()
  @IsText(200)
  tradingName?: string;

  /**
   * The number in the commercial register, 1 to 50 characters.
   * @example "HRB 12345"
   */
  @IsOptional()
  @IsText(50)
  registrationNumber?: string;

  /**
   * The tax number, 1 to 50 characters.
   * @example "DE123456789"
   */
  @IsOptional()
  @IsText(50)
  taxNumber?: string;

  /**
   * Two letters (ISO 3166-1).
   * @example "DE"
   */
  @IsOptional()
  @IsISO31661Alpha2()
  country?: string;

  /**
   * The URL of the website, http or https, up to 250 characters.
   * @example "https://shop.example"
   */
  @IsOptional()
  @IsUrl({ protocols: ['http', 'https'], require_protocol: true })
  @IsText(250)
  website?: string;

  /**
   * The postal address, 1 to 250 characters.
   * @example "1 Market Street, Springfield"
   */
  @IsOptional()
  @IsText(250)
  address?: string;
}

/** The merchant's first member. */
export class AdminBody extends NewPerson {
  /**
   * The e-mail address, which is also the username.
   * @example "owner@shop.example"
   */
  @IsEmail(EMAIL)
  @IsText(254)
  email: string;
}

/** The data of an invited merchant that signs up. */
export class SignUpMerchantBody {
  /** The company. */
  @ValidateNested()
  @IsObject()
  @Type(() => OrganizationBody)
  organization: OrganizationBody;

  /** The merchant's first member. */
  @ValidateNested()
  @IsObject()
  @Type(() => AdminBody)
  admin: AdminBody;
}

/** A merchant that has just signed up. */
export class CreatedMerchantView {
  /**
   * The id of the merchant.
   * @example "5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11"
   */
  id: string;

  /**
   * The id on the clients surface: eight digits.
   * @example "17765423"
   */
  clientId: string;

  /**
   * The name of the merchant.
   * @example "Example Shop Ltd"
   */
  name: string;

  /**
   * When the merchant was created.
   * @example "2026-11-21T13:30:00.000Z"
   */
  createdAt: string;
}

/** A merchant. */
export class MerchantView extends CreatedMerchantView {
  /** While the status is `blocked` or `deleting`, none of the merchant's tokens and keys is accepted. */
  status: 'active' | 'blocked' | 'deleting';

  /**
   * The scopes that the merchant was given, beyond which none of its keys goes; `*` alone for every scope.
   * @example ["payments:*", "refunds:read"]
   */
  scopes: string[];

  /**
   * Details that the merchant gave when it signed up.
   * @example { "tradingName": "Example Shop" }
   */
  details: Partial<Record<string, string>>;

  /**
   * When the merchant was last changed.
   * @example "2026-11-21T13:30:00.000Z"
   */
  updatedAt: string;
}

export class MerchantPage extends PageView {
  /** The merchants on this page. */
  items: MerchantView[];
}

/** An example that blocks nobody. */
export const UPDATE_MERCHANT_EXAMPLES = { active: { value: { status: 'active' } } };

/** Whether a body names nothing to change. */
const isEmpty = (body: object): boolean => Object.values(body).every((value) => value === undefined);

/** Details of a merchant to change. `null` removes a detail; what is not named stays as it is. */
export class MerchantDetailsBody extends PartialType(OmitType(OrganizationBody, ['legalBusinessName'])) {}

/** Changes to a merchant's name and details. */
export class DescribeMerchantBody {
  /**
   * The new name, 1 to 200 characters.
   * @example "Example Shop Ltd"
   */
  @IsOmittable()
  @IsText(200)
  name?: string;

  /**
   * The details to change. `null` removes a detail; what is not named stays as it is.
   * @example { "tradingName": "Example Shop", "country": "DE" }
   */
  @IsOmittable()
  @ValidateNested()
  @IsObject()
  @Type(() => MerchantDetailsBody)
  details?: MerchantDetailsBody;
}

/** An example that renames nobody. */
export const DESCRIBE_MERCHANT_EXAMPLES = { country: { value: { details: { country: 'DE' } } } };

/** Changes to a merchant: its name, details, status or scopes, or several of them. */
export class UpdateMerchantBody extends DescribeMerchantBody {
  /** `blocked` refuses the merchant's tokens and keys at once; `active` restores them. */
  @ValidateIf((body: object, status: unknown) => status !== undefined || isEmpty(body))
  @IsIn(['active', 'blocked'])
  @IsString()
  status?: 'active' | 'blocked';

  /**
   * The scopes beyond which none of the merchant's keys goes. A scope may end in `*`; `*` alone, or `null`, stands for every scope.
   * @example ["payments:*", "refunds:read"]
   */
  @IsOptional()
  @IsMerchantScopes()
  @ArrayMaxSize(SCOPES_MAX)
  @ArrayNotEmpty()
  @IsArray()
  scopes?: string[] | null;
}
