/** A request as a program makes it. */
interface Sample {
  method: string;
  path: string;
  body?: object;
}

const KEY_ID = 'f7fa38ec-0e19-405c-820f-bf65912ab4ec';

/** The operations that documentation shows as programs. */
const SAMPLES: Record<string, Sample> = {
  verifyKey: {
    method: 'POST',
    path: '/api/v1/keys/verify',
    body: { key: 'ks_live_abc1XYZabc1XYZabSecretSecretSecretSecretSecre0CHECK', scopes: ['payments:write'] },
  },
  createMerchantApiKey: {
    method: 'POST',
    path: '/api/v1/api-keys',
    body: { description: 'Production API key for checkout service', scopes: ['payments:write'] },
  },
  rotateMerchantApiKey: {
    method: 'POST',
    path: `/api/v1/api-keys/${KEY_ID}/rotate`,
    body: { mode: 'on_first_use', overlapSeconds: 86_400 },
  },
  listMerchantApiKeys: { method: 'GET', path: '/api/v1/api-keys?status=active&limit=100' },
};

/** Returns an operation's samples for curl, TypeScript and Python, if it has any. */
export function codeSamples(operationId: string): { lang: string; label: string; source: string }[] | undefined {
  const sample = SAMPLES[operationId];
  if (!sample) return undefined;
  return [
    { lang: 'Shell', label: 'curl', source: inCurl(sample) },
    { lang: 'TypeScript', label: 'TypeScript', source: inTypeScript(sample) },
    { lang: 'Python', label: 'Python', source: inPython(sample) },
  ];
}

const inCurl = ({ method, path, body }: Sample): string =>
  [
    `curl ${body ? `-X ${method} ` : ''}"$KEYWRIGHT_URL${path}"`,
    '-H "Authorization: Bearer $KEYWRIGHT_TOKEN"',
    ...(body ? ['-H "Content-Type: application/json"', `-d '${JSON.stringify(body)}'`] : []),
  ].join(' \\\n  ');

const inTypeScript = ({
  method,
  path,
  body,
}: Sample): string => `const { KEYWRIGHT_URL, KEYWRIGHT_TOKEN } = process.env;
const response = await fetch(\`\${KEYWRIGHT_URL}${path}\`, {
  method: '${method}',
  headers: { Authorization: \`Bearer \${KEYWRIGHT_TOKEN}\`${body ? ", 'Content-Type': 'application/json'" : ''} },${
    body ? `\n  body: JSON.stringify(${JSON.stringify(body)}),` : ''
  }
});
if (!response.ok) throw new Error(\`\${response.status} \${response.headers.get('X-Error-Code')}\`);
console.log(await response.json());`;

const inPython = ({ method, path, body }: Sample): string => `import json, os, urllib.request

request = urllib.request.Request(
    os.environ["KEYWRIGHT_URL"] + "${path}",
    method="${method}",
    headers={"Authorization": "Bearer " + os.environ["KEYWRIGHT_TOKEN"]${body ? ', "Content-Type": "application/json"' : ''}},${
      body ? `\n    data=json.dumps(${JSON.stringify(body)}).encode(),` : ''
    }
)
with urllib.request.urlopen(request) as response:
    print(json.load(response))`;
