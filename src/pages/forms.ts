/** A field of a form. */
interface Field {
  name: string;
  label: string;
  type: 'text' | 'email' | 'password' | 'checkbox' | 'hidden';
  hint?: string;
  autocomplete?: string;
  minLength?: number;
  maxLength?: number;
}

/** A form that a person fills in after following a link. */
export interface Form {
  title: string;
  text: string;
  /** The path that it is sent to. */
  action: string;
  fields: Field[];
  button: string;
}

const TOKEN: Field = { name: 'token', label: '', type: 'hidden' };

const email = (hint?: string): Field => ({
  name: 'email',
  label: 'E-mail address',
  type: 'email',
  autocomplete: 'username',
  maxLength: 254,
  hint,
});

const password = (minLength: number, maxLength: number): Field => ({
  name: 'password',
  label: 'Password',
  type: 'password',
  autocomplete: 'new-password',
  minLength,
  maxLength,
  hint: `${minLength} to ${maxLength} characters, and none that others use.`,
});

const NAMES: Field[] = [
  { name: 'firstName', label: 'First name', type: 'text', autocomplete: 'given-name', maxLength: 100 },
  { name: 'lastName', label: 'Last name', type: 'text', autocomplete: 'family-name', maxLength: 100 },
];

/** The forms, by the name under which their routes refer to them. */
export const FORMS = {
  memberSignup: {
    title: 'Join your team',
    text: 'Choose a password to accept the invitation. You log in with your e-mail address.',
    action: '/pages/members/signup',
    fields: [TOKEN, ...NAMES, password(16, 32)],
    button: 'Accept the invitation',
  },
  merchantSignup: {
    title: 'Sign up your company',
    text: 'You become the first member of your company, and log in with your e-mail address.',
    action: '/pages/merchants/signup',
    fields: [
      TOKEN,
      { name: 'legalBusinessName', label: 'Company', type: 'text', autocomplete: 'organization', maxLength: 200 },
      email(),
      ...NAMES,
      password(16, 32),
    ],
    button: 'Sign up',
  },
  signupConfirmation: {
    title: 'Confirm your account',
    text: 'Choose a password. You log in with your e-mail address.',
    action: '/pages/confirm/signup',
    fields: [
      TOKEN,
      password(12, 200),
      { name: 'consent', label: 'I agree to the terms of this service.', type: 'checkbox' },
    ],
    button: 'Create the account',
  },
  emailConfirmation: {
    title: 'Confirm your e-mail address',
    text: 'Your account uses this address once you confirm it.',
    action: '/pages/confirm/email',
    fields: [TOKEN],
    button: 'Confirm the address',
  },
  recoveryRequest: {
    title: 'Recover your account',
    text: 'We send you a link with which you can set a new password.',
    action: '/pages/recover',
    fields: [email()],
    button: 'Send the link',
  },
  recovery: {
    title: 'Set a new password',
    text: 'All sessions of your account end.',
    action: '/pages/confirm/recovery',
    fields: [TOKEN, password(12, 200)],
    button: 'Set the password',
  },
} satisfies Record<string, Form>;

export type FormName = keyof typeof FORMS;
