import { Matches } from 'class-validator';
import { IsUncommonPassword } from './passwords/password-rules.js';
import { IsText } from '../platform/validation/text.js';

/** A person who chooses a password. */
export class NewPerson {
  /**
   * The password: 16 to 32 characters.
   * @example "correct horse battery"
   */
  @IsUncommonPassword('password is one of the most common ones')
  @Matches(/^[^\0]{16,32}$/u, { message: 'password must be 16 to 32 characters' })
  password: string;

  /**
   * The first name, 1 to 100 characters.
   * @example "Ada"
   */
  @IsText(100)
  firstName: string;

  /**
   * The last name, 1 to 100 characters.
   * @example "Lovelace"
   */
  @IsText(100)
  lastName: string;
}
