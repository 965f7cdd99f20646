import { KeywrightError, type ErrorDetail } from '../api/sdk.js';
import { useTexts } from '../texts/texts.js';

/** Says what went wrong and what to do, with the id by which the server's log names the request. */
export function Failure({ error }: { error: unknown }) {
  const { failure } = useTexts();
  if (error === null || error === undefined) return null;
  const known = error instanceof KeywrightError ? error : undefined;
  const { message: told = '' } = error instanceof Error ? error : {};
  const message = failure.byCode[codeOf(error)] ?? told;
  return (
    <div class="notice bad" role="alert">
      <p>
        <strong>{failure.title}.</strong> <bdi>{message}</bdi>
        {known?.retryAfterSeconds !== undefined && ` ${failure.retryAfter(Math.ceil(known.retryAfterSeconds))}`}
      </p>
      {known !== undefined && known.details.length > 0 && (
        <ul>
          {known.details.map(({ message: detail }) => (
            <li key={detail}>
              <bdi>{detail}</bdi>
            </li>
          ))}
        </ul>
      )}
      {known?.requestId !== undefined && (
        <p class="faint small">
          {failure.requestId} <code>{known.requestId}</code>
        </p>
      )}
    </div>
  );
}

/** @returns what an error says about a field, or about one of its parts */
export function problemOf(error: unknown, field: string): string | undefined {
  if (!(error instanceof KeywrightError)) return undefined;
  const isAbout = ({ field: name }: ErrorDetail): boolean => name === field || name.startsWith(`${field}.`);
  return error.details.find(isAbout)?.message;
}

/** Returns the name by which a text is found: the server's code, or the browser's name of the error. */
function codeOf(error: unknown): string {
  if (error instanceof KeywrightError) return error.code;
  return error instanceof DOMException ? error.name : '';
}
