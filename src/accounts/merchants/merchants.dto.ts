import { Type } from 'class-transformer';
import {
  IsEmail,
  IsIn,
  IsISO31661Alpha2,
  IsObject,
  IsOptional,
  IsString,
  IsUrl,
  ValidateNested,
} from 'class-validator';
import { EMAIL, IsText } from '../../platform/validation/text.js';
import { PageView } from '../../platform/http/paging/page.dto.js';
import { NewPerson } from '../person.dto.js';

/** Whom to invite. */
export class InviteMerchantBody {
  /**
   * Where to mail the link as well.
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
   * Good once, until it expires; whoever has it may sign up.
   * @example "http://127.0.0.1:3000/api/v1/merchants/signup?token=3b1f0a"
   */
  signupLink: string;

  /**
   * Seconds.
   * @example 7200
   */
  expiresIn: number;
}

/** The token of a signup link. */
export class SignupQuery {
  /**
   * What the link ends with that was sent to whoever signs up.
   * @example "0f3a5c7e9b1d2f4a6c8e0f3a5c7e9b1d2f4a6c8e0f3a5c7e"
   */
  @IsText(200)
  token: string;
}

/** A company that signs up. */
export class OrganizationBody {
  /** @example "Example Shop Ltd" */
  @IsText(200)
  legalBusinessName: string;

  /** @example "Example Shop" */
  @IsOptional()
  @IsText(200)
  tradingName?: string;

  /** @example "HRB 12345" */
  @IsOptional()
  @IsText(50)
  registrationNumber?: string;

  /** @example "DE123456789" */
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

  /** @example "https://shop.example" */
  @IsOptional()
  @IsUrl({ protocols: ['http', 'https'], require_protocol: true })
  @IsText(250)
  website?: string;

  /** @example "1 Market Street, Springfield" */
  @IsOptional()
  @IsText(250)
  address?: string;
}

/** The merchant's first member. */
export class AdminBody extends NewPerson {
  /**
   * Also the user name.
   * @example "owner@shop.example"
   */
  @IsEmail(EMAIL)
  @IsText(254)
  email: string;
}

/** A merchant that accepts an invitation. */
export class SignUpMerchantBody {
  @ValidateNested()
  @IsObject()
  @Type(() => OrganizationBody)
  organization: OrganizationBody;

  @ValidateNested()
  @IsObject()
  @Type(() => AdminBody)
  admin: AdminBody;
}

/** A merchant that has just signed up. */
export class CreatedMerchantView {
  /** @example "5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11" */
  id: string;

  /**
   * Eight digits: its name on the clients surface.
   * @example "17765423"
   */
  clientId: string;

  /** @example "Example Shop Ltd" */
  name: string;

  /** @example "2026-11-21T13:30:00.000Z" */
  createdAt: string;
}

/** A merchant. */
export class MerchantView extends CreatedMerchantView {
  /** While `blocked`, none of its tokens and keys is accepted. */
  status: 'active' | 'blocked';

  /**
   * What it said about itself.
   * @example { "tradingName": "Example Shop" }
   */
  details: Partial<Record<string, string>>;

  /** @example "2026-11-21T13:30:00.000Z" */
  updatedAt: string;
}

export class MerchantPage extends PageView {
  items: MerchantView[];
}

/** What changes about a merchant. */
export class UpdateMerchantBody {
  /** Blocking refuses its tokens and keys at once; `active` brings them back. */
  @IsIn(['active', 'blocked'])
  @IsString()
  status: 'active' | 'blocked';
}
