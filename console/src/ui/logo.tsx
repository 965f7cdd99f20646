import icon from './icon.svg';

/** The sign of the product, beside its name. */
export function Logo() {
  return <img src={icon} alt="" width="26" height="26" />;
}
