import { crc32 } from './crc32.js';

const FULL_KEY = /^ks_(?:live|test)_[0-9A-Za-z]{54}$/;
const FULL_LENGTH = 62;
const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const BASE62_CHECKSUM = 6;

const PAIR = /^(?:[0-9a-f]{20}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}):[0-9a-f]{64}$/;
const HEX_CHECKSUM = 8;

/** What a text is by its form: `issued` by Keywright, `mistyped` or invented, since only its checksum is wrong, or of `another` form. */
export type Form = 'issued' | 'mistyped' | 'another';

export function formOf(text: string): Form {
  if (text.length === FULL_LENGTH && FULL_KEY.test(text))
    return text.slice(-BASE62_CHECKSUM) === base62Checksum(text.slice(0, -BASE62_CHECKSUM)) ? 'issued' : 'mistyped';
  if (!PAIR.test(text)) return 'another';
  const checked = text.slice(0, -HEX_CHECKSUM).replace(':', '');
  return text.slice(-HEX_CHECKSUM) === hexChecksum(checked) ? 'issued' : 'mistyped';
}

const hexChecksum = (text: string): string => crc32(text).toString(16).padStart(HEX_CHECKSUM, '0');

function base62Checksum(text: string): string {
  let checksum = '';
  for (let rest = crc32(text); checksum.length < BASE62_CHECKSUM; rest = Math.floor(rest / 62))
    checksum = BASE62.charAt(rest % 62) + checksum;
  return checksum;
}
