/** Programs that ask whether a key is valid, by their names. `url` is that of the server. */
export const snippetsFor = (url: string): Record<string, string> => ({
  curl: `curl -i ${url}/api/v1/keys/check \\
  -H 'Authorization: Bearer KEY'`,
  TypeScript: `const response = await fetch('${url}/api/v1/keys/check', {
  headers: { Authorization: \`Bearer \${key}\` },
});
if (!response.ok) throw new Error(\`Refused: \${response.headers.get('X-Error-Code')}\`);`,
  Python: `import urllib.request

request = urllib.request.Request(
    "${url}/api/v1/keys/check",
    headers={"Authorization": f"Bearer {key}"},
)
with urllib.request.urlopen(request) as response:
    print(response.status)  # 204 for a valid key; others raise HTTPError`,
  Go: `request, _ := http.NewRequest("GET", "${url}/api/v1/keys/check", nil)
request.Header.Set("Authorization", "Bearer "+key)
response, err := http.DefaultClient.Do(request)
// 204 for a valid key`,
  nginx: `location /api/ {
    auth_request /_key;
    proxy_pass http://your-api;
}
location = /_key {
    internal;
    proxy_pass ${url}/api/v1/keys/check;
    proxy_pass_request_body off;
    proxy_set_header Content-Length "";
}`,
});
