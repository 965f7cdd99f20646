/** Guarantee: the published rules of secret scanners find every key this server issues, and nothing else. */

import { readFileSync } from 'node:fs';
import {
  randomBase62,
  formatFullKey,
  issueClientPair,
  issueFullKey,
  issuePersonalPair,
} from '../../../src/api-keys/credentials/credential.js';

interface Rule {
  regex: string;
  entropy: number;
  keywords: string[];
}

/** The rules of `keywright.toml`, by their ids. */
function gitleaksRules(): Map<string, Rule> {
  const [, ...rules] = readFileSync('integrations/gitleaks/keywright.toml', 'utf8').split('[[rules]]');
  return new Map(
    rules.map((rule) => [
      /^id = "(.+)"$/m.exec(rule)?.[1] ?? '',
      {
        regex: /^regex = '''(.+)'''$/m.exec(rule)?.[1] ?? '',
        entropy: Number(/^entropy = (.+)$/m.exec(rule)?.[1]),
        keywords: JSON.parse(/^keywords = (.+)$/m.exec(rule)?.[1] ?? '[]') as string[],
      },
    ]),
  );
}

/** The detectors of `keywright.yaml`, by their names. */
function trufflehogRules(): Map<string, Rule> {
  const [, ...detectors] = readFileSync('integrations/trufflehog/keywright.yaml', 'utf8').split(/^ {2}- name: /m);
  return new Map(
    detectors.map((detector) => [
      detector.split('\n', 1)[0] ?? '',
      {
        regex: /^ {6}\w+: '(.+)'$/m.exec(detector)?.[1]?.replaceAll("''", "'") ?? '',
        entropy: Number(/^ {4}entropy: (.+)$/m.exec(detector)?.[1]),
        keywords: [...detector.matchAll(/^ {6}- (.+)$/gm)].map(([, keyword = '']) => keyword),
      },
    ]),
  );
}

/** RE2's flags at the beginning, as JavaScript writes them. */
const compiled = ({ regex }: Rule): RegExp =>
  regex.startsWith('(?i)') ? new RegExp(regex.slice(4), 'gi') : new RegExp(regex, 'g');

/** Bits per character (Shannon), as both tools count them. */
function entropyOf(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  return [...counts.values()].reduce((sum, count) => sum - (count / text.length) * Math.log2(count / text.length), 0);
}

/** What a rule finds in a text, as the tools do: where a keyword stands, by the first group, if it is random enough. */
function found(rule: Rule, text: string): string[] {
  if (!rule.keywords.some((keyword) => text.toLowerCase().includes(keyword.toLowerCase()))) return [];
  return [...text.matchAll(compiled(rule))]
    .map(([, secret = '']) => secret)
    .filter((s) => entropyOf(s) >= rule.entropy);
}

const pairOf = ({ publicId, secret }: { publicId: string; secret: string }): string => `${publicId}:${secret}`;

/** Keys as they are issued, by the rule that must find them. */
const ISSUED: Record<string, () => string> = {
  'keywright-api-key': () => formatFullKey(issueFullKey(Math.random() < 0.5 ? 'live' : 'test')),
  'keywright-client-pair': () => pairOf(issueClientPair()),
  'keywright-personal-pair': () => pairOf(issuePersonalPair()),
  'keywright-client-secret': () => issueClientPair().secret,
};

/** Places in which keys are found; each has one of the words that a detector waits for. */
const PLACES: ((key: string) => string)[] = [
  (key) => `API_KEY=${key}`,
  (key) => `{"key": "${key}", "n": 1}`,
  (key) => `curl -u '${key}' https://api.example/api # basic auth`,
  (key) => `Authorization: Bearer ${key}\r\n`,
  (key) => `https://api.example/?api_key=${key}&page=2`,
  (key) => `const secret = \`${key}\`;`,
];
const SECRET_PLACES: typeof PLACES = [
  (secret) => `"apisecret": "${secret}",`,
  (secret) => `API_SECRET=${secret}`,
  (secret) => `api-secret: '${secret}'`,
];
const placesFor = (name: string) => (name === 'keywright-client-secret' ? SECRET_PLACES : PLACES);

const flip = (text: string): string => text.replace(/[a-f]/, (letter) => letter.toUpperCase());

/** Texts that look like keys and are none. */
const NEAR_MISSES: Record<string, (() => string)[]> = {
  'keywright-api-key': [
    () => `ks_live_${randomBase62(53)}`,
    () => `ks_live_${randomBase62(55)}`,
    () => `ks_prod_${randomBase62(54)}`,
    () => `KS_LIVE_${randomBase62(54)}`,
    () => `sk_live_${randomBase62(54)}`,
    () => `ks-live-${randomBase62(54)}`,
    () => `aks_live_${randomBase62(54)}`,
    () => `ks_live_${randomBase62(20)}-${randomBase62(33)}`,
    () => `ks_live_${'x'.repeat(54)}`,
  ],
  'keywright-client-pair': [
    () => pairOf(issueClientPair()).slice(0, -1),
    () => `${pairOf(issueClientPair())}0`,
    () => `0${pairOf(issueClientPair())}`,
    () => pairOf(issueClientPair()).slice(1),
    () => pairOf(issueClientPair()).replace(':', '-'),
    () => flip(pairOf(issueClientPair())),
  ],
  'keywright-personal-pair': [
    () => pairOf(issuePersonalPair()).slice(0, -1),
    () => `${pairOf(issuePersonalPair())}0`,
    () => pairOf(issuePersonalPair()).replace('-', ''),
    () => pairOf(issuePersonalPair()).replace(':', ' '),
    () => issuePersonalPair().publicId,
  ],
  'keywright-client-secret': [
    () => issueClientPair().secret.slice(1),
    () => `${issueClientPair().secret}0`,
    () => `${issueClientPair().secret.slice(1)}g`,
  ],
};

describe.each([
  ['gitleaks', gitleaksRules()],
  ['trufflehog', trufflehogRules()],
])('rules for %s', (_, rules) => {
  it('cover every credential with a shape, in the syntax of RE2', () => {
    expect([...rules.keys()]).toEqual(Object.keys(ISSUED));
    for (const rule of rules.values()) {
      expect(rule.regex).not.toMatch(/\(\?[=!<]|\\[1-9]/);
      expect([rule.entropy > 2, rule.keywords.length > 0]).toEqual([true, true]);
      expect(compiled(rule).source.length).toBeGreaterThan(20);
    }
  });

  describe.each(Object.keys(ISSUED))('%s', (name) => {
    const rule = rules.get(name) ?? { regex: '', entropy: 0, keywords: [] };

    it('finds every issued key, in any surroundings, and exactly the key', () => {
      for (let count = 0; count < 500; count += 1) {
        const key = ISSUED[name]?.() ?? '';
        for (const place of placesFor(name)) expect([place(key), found(rule, place(key))]).toEqual([place(key), [key]]);
      }
    });

    it('does not match what is not a key', () => {
      for (let count = 0; count < 50; count += 1) {
        for (const miss of NEAR_MISSES[name] ?? []) {
          const text = miss();
          for (const place of placesFor(name))
            expect([place(text), found(rule, place(text))]).toEqual([place(text), []]);
        }
      }
    });
  });

  it('distinguishes each kind from the others', () => {
    for (const [name, issue] of Object.entries(ISSUED)) {
      for (const [other, rule] of rules) if (other !== name) expect(found(rule, `api key ${issue()}`)).toEqual([]);
    }
  });
});
