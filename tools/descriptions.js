// Finds operations whose summaries or answers tell a reader nothing.

/** A sentence: it begins as one, ends as one, and says more than that something is done. */
const SENTENCE = /^(?!(done|ok|success|successful)\b)[`\p{Lu}-].{4,}\.$/isu;

export function findPoorDescriptions({ paths }) {
  const operations = Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ where: `${method.toUpperCase()} ${path}`, ...operation })),
  );
  const complaints = [];
  const schemas = new Map();
  for (const { where, summary, responses } of operations) {
    if (!/^\p{Lu}.{3,}$/u.test(summary ?? '')) complaints.push(`${where} has no summary.`);
    for (const [status, { description, content }] of Object.entries(responses)) {
      if (!SENTENCE.test(description)) complaints.push(`${where} does not describe its ${status}: "${description}".`);
      if (Number(status) >= 300) continue;
      // The same words for different things describe neither.
      const schema = JSON.stringify(content ?? null);
      const [first = where, known = schema] = schemas.get(description) ?? [];
      if (known !== schema) complaints.push(`${where} describes its ${status} as ${first} does: "${description}".`);
      schemas.set(description, [first, known]);
    }
  }
  return complaints;
}
