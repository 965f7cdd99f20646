import { Equals, IsEmail, Matches, type ValidationArguments } from 'class-validator';
import { IsUncommonPassword } from '../accounts/passwords/password-rules.js';
import { EMAIL, IsText } from '../platform/validation/text.js';

const COMMON = 'This password is one of the most common ones. Choose another one.';

/** The value is a name; what is wrong with it is said in words for people. */
const IsName = (name: string, max: number): PropertyDecorator =>
  IsText(max, {
    message: ({ value }: ValidationArguments) => {
      if (typeof value !== 'string' || value.trim() === '') return `Enter ${name}.`;
      const subject = name.charAt(0).toUpperCase() + name.slice(1);
      return Array.from(value).length > max
        ? `${subject} can have at most ${max} characters.`
        : `${subject} holds characters that are not allowed.`;
    },
  });

/** A link that a person has followed. */
export class LinkForm {
  @IsText(200, { message: 'The link is incomplete. Copy the whole of it from the mail.' })
  token: string;
}

class PersonForm extends LinkForm {
  @IsName('your first name', 100)
  firstName: string;

  @IsName('your last name', 100)
  lastName: string;

  @IsUncommonPassword(COMMON)
  @Matches(/^[^\0]{16,32}$/u, { message: 'The password needs 16 to 32 characters.' })
  password: string;
}

export class MemberSignupForm extends PersonForm {}

export class MerchantSignupForm extends PersonForm {
  @IsName('the name of your company', 200)
  legalBusinessName: string;

  @IsEmail(EMAIL, { message: 'Enter a valid e-mail address.' })
  @IsText(254, { message: 'Enter a valid e-mail address.' })
  email: string;
}

export class RecoveryForm extends LinkForm {
  @IsUncommonPassword(COMMON)
  @Matches(/^[^\0]{12,200}$/u, { message: 'The password needs 12 to 200 characters.' })
  password: string;
}

export class SignupConfirmationForm extends RecoveryForm {
  @Equals('1', { message: 'Agree to the terms to create the account.' })
  consent: string;
}

export class RecoveryRequestForm {
  @IsEmail(EMAIL, { message: 'Enter a valid e-mail address.' })
  @IsText(254, { message: 'Enter a valid e-mail address.' })
  email: string;
}
