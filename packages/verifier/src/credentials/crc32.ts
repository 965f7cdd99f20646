const TABLE = Int32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte;
  for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? (rest >>> 1) ^ 0xedb88320 : rest >>> 1;
  return rest;
});

/** Returns the CRC-32 of an ASCII text (ISO 3309), which Node has itself only from 22.2 on. */
export function crc32(text: string): number {
  let rest = -1;
  for (let index = 0; index < text.length; index++)
    rest = (rest >>> 8) ^ (TABLE[(rest ^ text.charCodeAt(index)) & 0xff] ?? 0);
  return ~rest >>> 0;
}
