import { useEffect, useState } from 'preact/hooks';

/** Squares of white around the code, by which cameras find it (ISO/IEC 18004). */
const QUIET_ZONE = 4;

interface QrCodeProps {
  text: string;
  /** What the code holds, for those who do not see it. */
  label: string;
}

/** A QR code, beside the same in words. What draws it is loaded only here; until then, and if that fails, its place is empty. */
export function QrCode({ text, label }: QrCodeProps) {
  const [rows, setRows] = useState<boolean[][]>([]);
  useEffect(() => {
    let isShown = true;
    import('qr').then(
      ({ encodeQR }) => {
        if (isShown) setRows(encodeQR(text, 'raw', { ecc: 'medium', border: QUIET_ZONE }));
      },
      () => undefined,
    );
    return () => {
      isShown = false;
    };
  }, [text]);
  return (
    <svg
      class="qr-code"
      role="img"
      aria-label={label}
      viewBox={`0 0 ${rows.length} ${rows.length}`}
      shape-rendering="crispEdges"
    >
      <path d={pathOf(rows)} />
    </svg>
  );
}

/** The dark squares, as a path of squares of one unit. */
const pathOf = (rows: boolean[][]): string =>
  rows.flatMap((row, y) => row.map((isDark, x) => (isDark ? `M${x} ${y}h1v1h-1z` : ''))).join('');
