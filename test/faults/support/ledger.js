import assert from 'node:assert/strict';

/**
 * What a server has acknowledged, and what it contradicted later. A change whose answer never came, or that was answered with 503, may have been
 * made or not: what it concerns is unknown, until the server has been asked what became of it.
 */
export class Ledger {
  keys = [];
  /** Changes that were acknowledged, and those that were not, by what came instead of an acknowledgement. */
  acknowledged = 0;
  unknown = 0;
  refused = 0;
  /** Verifications that were answered with yes or no. */
  checks = 0;
  /** In a sentence each: what was acknowledged and is not there, and what was answered and is not so. */
  lost = [];
  wrong = [];

  /** A key that was issued. */
  add(id, path, credential, description) {
    const key = {
      id,
      path,
      description,
      isEnabled: true,
      isDeleted: false,
      credentials: [{ value: credential, isValid: true }],
      /** Actions that the audit trail must hold. */
      actions: ['api_key.created'],
      /** Changes that have begun: whoever asked meanwhile may have got either answer. */
      changes: 0,
      isBusy: false,
      isUnknown: false,
    };
    this.keys.push(key);
    return key;
  }

  /** The latest credential of a key. */
  static current(key) {
    return key.credentials[key.credentials.length - 1];
  }

  /** Keys that can be changed: nobody is changing them, and it is known what they are. */
  free() {
    return this.keys.filter((key) => !key.isBusy && !key.isUnknown && !key.isDeleted && key.isEnabled);
  }

  /**
   * Notes how a change ended.
   *
   * @param answer `status` is 0 when there was none
   * @returns whether it was acknowledged
   */
  settle(what, { status, headers, text }) {
    if (status >= 200 && status < 300) {
      this.acknowledged += 1;
      return true;
    }
    if (status === 0) {
      this.unknown += 1;
    } else {
      this.refused += 1;
      if (status !== 503) this.wrong.push(`${what} was answered with ${status} ${text}`);
      else if (!(Number(headers['retry-after']) > 0)) this.wrong.push(`${what} got a 503 without Retry-After`);
    }
    return false;
  }

  /** Compares the answer to a check with what it must be. @param isValid `null` while that is unknown */
  judge(what, status, isValid) {
    if (status === 0 || status === 503) return;
    this.checks += 1;
    if (status !== 204 && status !== 401) this.wrong.push(`The check of ${what} was answered with ${status}`);
    else if (isValid === true && status === 401) this.lost.push(`${what} is refused`);
    else if (isValid === false && status === 204) this.wrong.push(`${what} was revoked and is accepted`);
  }

  /** Fails unless everything that was acknowledged held, and nothing else did. */
  assertKept() {
    const some = (list) => ({ count: list.length, first: list.slice(0, 5) });
    assert.deepEqual(
      { lost: some(this.lost), wrong: some(this.wrong) },
      { lost: { count: 0, first: [] }, wrong: { count: 0, first: [] } },
    );
    // A fault without a change that was acknowledged before it proves nothing.
    assert.ok(this.acknowledged > 50, `Only ${this.acknowledged} changes were acknowledged.`);
  }
}
