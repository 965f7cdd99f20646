import { IsBoolean, IsIn, IsOptional, ValidateIf } from 'class-validator';
import { PageView } from '../platform/http/paging/page.dto.js';
import { IsText } from '../platform/validation/text.js';

/** An application to create. */
export class CreateApplicationBody {
  /**
   * The name, unique within your merchant, 1 to 100 characters.
   * @example "UK store"
   */
  @IsText(100)
  name: string;

  /**
   * What the application is for, 1 to 250 characters.
   * @example "The web shop in the United Kingdom"
   */
  @IsOptional()
  @IsText(250)
  description?: string | null;

  /** The environment, which shows in the prefix of the application's keys: `ks_live_…` or `ks_test_…`. By default `live`. */
  @IsOptional()
  @IsIn(['live', 'test'])
  environment?: 'live' | 'test';
}

/** The properties of an application to change. */
export class UpdateApplicationBody {
  /**
   * The name, unique within your merchant, 1 to 100 characters.
   * @example "UK store"
   */
  @ValidateIf((_, name) => name !== undefined)
  @IsText(100)
  name?: string;

  /**
   * What the application is for, 1 to 250 characters; `null` removes it.
   * @example "The web shop in the United Kingdom"
   */
  @IsOptional()
  @IsText(250)
  description?: string | null;
}

/** Whether an application's keys are accepted. */
export class UpdateApplicationStatusBody {
  /** With `false`, all keys of the application are refused at once. With `true`, they are accepted again. */
  @IsBoolean()
  isEnabled: boolean;
}

/** An application. */
export class ApplicationView {
  /**
   * The id of the application.
   * @example "5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11"
   */
  id: string;

  /**
   * The name, unique within its merchant.
   * @example "UK store"
   */
  name: string;

  /**
   * What the application is for; `null` for no description.
   * @example "The web shop in the United Kingdom"
   */
  description: string | null;

  /** Whether the application's keys are accepted. */
  isEnabled: boolean;

  /** Shows in the prefix of the application's keys: `ks_live_…` or `ks_test_…`. */
  environment: 'live' | 'test';

  /**
   * When the application was created.
   * @example "2026-11-21T13:30:00.000Z"
   */
  createdAt: string;
}

export class ApplicationPage extends PageView {
  /** The applications on this page. */
  items: ApplicationView[];
}
