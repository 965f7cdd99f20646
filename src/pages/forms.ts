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
  text: string | ((subject: Subject) => string);
  /** The path that it is sent to. */
  action: string;
  fields: Field[];
  button: string;
  /** Who can send a new link once this one has been used or has expired. */
  renewal?: string | Link;
}

/** A link to a page of this server. */
export interface Link {
  label: string;
  path: string;
}

/** Whom a link is for. */
export interface Subject {
  /** The e-mail address, or the username of an account without one. */
  login?: string;
  company?: string;
  /** Whether the account has a password, and so can have sessions. */
  hasPassword?: boolean;
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

/** A password. Browsers cut off what is pasted beyond a maximum, so only the server checks it, and says so. */
const password = (minLength: number, maxLength: number): Field => ({
  name: 'password',
  label: 'Password',
  type: 'password',
  autocomplete: 'new-password',
  minLength,
  hint: `${minLength} to ${maxLength} characters; not a common password.`,
});

const NAMES: Field[] = [
  { name: 'firstName', label: 'First name', type: 'text', autocomplete: 'given-name', maxLength: 100 },
  { name: 'lastName', label: 'Last name', type: 'text', autocomplete: 'family-name', maxLength: 100 },
];

/** The forms, by the name under which their routes refer to them. */
export const FORMS = {
  memberSignup: {
    title: 'Join your team',
    text: ({ login, company }) =>
      `Choose a password to join ${company ?? 'your team'}. You log in with your e-mail address${login ? `, ${login}` : ''}.`,
    action: '/pages/members/signup',
    fields: [TOKEN, ...NAMES, password(16, 32)],
    button: 'Accept the invitation',
    renewal: 'Ask the person who invited you for a new one.',
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
    renewal: 'Ask the company that invited you for a new one.',
  },
  signupConfirmation: {
    title: 'Confirm your account',
    text: ({ login }) => `Choose a password. You log in with your e-mail address${login ? `, ${login}` : ''}.`,
    action: '/pages/confirm/signup',
    fields: [
      TOKEN,
      password(12, 200),
      { name: 'consent', label: 'I agree to the terms of this service.', type: 'checkbox' },
    ],
    button: 'Create the account',
    renewal: 'Sign up again to get a new one.',
  },
  emailConfirmation: {
    title: 'Confirm your e-mail address',
    text: ({ login }) => `Your account uses ${login ?? 'this address'} once you confirm it.`,
    action: '/pages/confirm/email',
    fields: [TOKEN],
    button: 'Confirm the address',
    renewal: 'Log in and set your e-mail address again to get a new one.',
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
    text: ({ login, hasPassword }) =>
      `The new password is for ${login ?? 'your account'}.${hasPassword === false ? '' : ' This ends all sessions of your account.'}`,
    action: '/pages/confirm/recovery',
    fields: [TOKEN, password(12, 200)],
    button: 'Set the password',
    renewal: { label: 'Ask for a new one.', path: '/recover' },
  },
} satisfies Record<string, Form>;

export type FormName = keyof typeof FORMS;
