/**
 * Every verification with its begin and its end, and every revocation with its begin and its return, by one clock; what they must
 * not contradict is looked for afterwards.
 */
export class History {
  /** {instance, key, begin, end, status}; a status of 0 is no answer. */
  verifications = [];
  /** {key, phase, begin, end, isAnswered} */
  revocations = [];

  async verify(instance, key) {
    const begin = performance.now();
    const { status } = await instance.check(key.credential);
    this.verifications.push({ instance, key, begin, end: performance.now(), status });
    return status;
  }

  /** @param revoke resolves to the answer's status */
  async revoke(key, phase, revoke) {
    const entry = { key, phase, begin: performance.now(), end: Infinity, isAnswered: false };
    key.revocation = entry;
    this.revocations.push(entry);
    const status = await revoke();
    // A call without a good answer promises nothing, though it may have revoked.
    if (status < 200 || status > 299) return;
    entry.isAnswered = true;
    entry.end = performance.now();
  }

  /** Verifications that began after the revocation had returned, and were accepted. */
  acceptedAfterwards() {
    return this.verifications.filter(
      ({ key, begin, status }) => status === 204 && key.revocation && begin > key.revocation.end,
    );
  }

  /** Verifications of keys that nobody had begun to revoke, and that got another answer than they should have. */
  refusedWithoutReason() {
    return this.verifications.filter(({ instance, key, begin, end, status }) => {
      if (status === 204 || (key.revocation && end > key.revocation.begin)) return false;
      const isFaulty = instance.faults.some(({ from, to }) => begin < to && end > from);
      return !(isFaulty && (status === 0 || status === 503));
    });
  }

  /** Verifications that could have shown a revoked key accepted: begun soon after its revocation had returned. */
  soonAfter(instance, ms) {
    return this.verifications.filter(
      ({ instance: own, key, begin }) =>
        own === instance && key.revocation && begin > key.revocation.end && begin < key.revocation.end + ms,
    ).length;
  }

  /** How long the answered revocations of a phase took. */
  latencies(phase) {
    const times = this.revocations
      .filter((entry) => entry.phase === phase && entry.isAnswered)
      .map(({ begin, end }) => end - begin)
      .sort((a, b) => a - b);
    const at = (share) => Math.round(times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? NaN);
    return { count: times.length, p50: at(0.5), p99: at(0.99), max: at(1) };
  }
}

/** A few of many, to be read. */
export function tell(verifications) {
  return verifications.slice(0, 5).map(({ instance, key, begin, end, status }) => {
    const sinceReturnMs = key.revocation ? Math.round(begin - key.revocation.end) : null;
    return {
      instance: instance.name,
      status,
      phase: key.revocation?.phase,
      sinceReturnMs,
      tookMs: Math.round(end - begin),
    };
  });
}
