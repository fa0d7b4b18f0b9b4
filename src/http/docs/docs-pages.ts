export interface DocsPage {
  readonly path: string
  readonly html: string
  /** Its Content-Security-Policy: the page loads nothing but its own files and asks nobody but its own server. */
  readonly policy: string
  /** What begins it, at `<path>/page.js`: the policy allows no script within the page. */
  readonly script: string
  /** At `<path>/page.css`. */
  readonly style: string
}

/** Every address is relative, so that a prefix or a proxy's path needs no setting. */
export const docsPages: readonly DocsPage[] = [
  {
    path: '/docs',
    html: toHtml({
      title: 'Try the API · mcp-orchestration',
      styles: ['docs/swagger-ui.css', 'docs/page.css'],
      scripts: ['docs/swagger-ui-bundle.js', 'docs/page.js'],
    }),
    policy: toPolicy({ 'style-src': "'self'" }),
    script: `SwaggerUIBundle({
  url: 'openapi.json',
  dom_id: '#page',
  deepLinking: true,
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  validatorUrl: null,
})
`,
    // No operation has links, and their column is what doesn't fit a phone.
    style: 'body { margin: 0 }\n.swagger-ui .response-col_links { display: none }\n',
  },
  {
    path: '/redoc',
    html: toHtml({
      title: 'API reference · mcp-orchestration',
      styles: ['redoc/page.css'],
      scripts: ['redoc/redoc.standalone.js', 'redoc/page.js'],
    }),
    // It writes its styles into the page and searches in a worker of its own making.
    policy: toPolicy({ 'style-src': "'self' 'unsafe-inline'", 'worker-src': 'blob:' }),
    script: `const fonts = 'system-ui, sans-serif'
const typography = { fontFamily: fonts, headings: { fontFamily: fonts } }
Redoc.init('openapi.json', { theme: { typography } }, document.getElementById('page'))
`,
    style: 'body { margin: 0 }\n',
  },
]

interface Content {
  readonly title: string
  readonly styles: readonly string[]
  readonly scripts: readonly string[]
}

function toHtml({ title, styles, scripts }: Content): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="icon" href="data:,">
${styles.map((address) => `<link rel="stylesheet" href="${address}">`).join('\n')}
</head>
<body>
<noscript>This page needs JavaScript. What it shows is at <a href="openapi.json">openapi.json</a>.</noscript>
<main id="page"></main>
${scripts.map((address) => `<script src="${address}"></script>`).join('\n')}
</body>
</html>
`
}

function toPolicy(own: Readonly<Record<string, string>>): string {
  const directives = {
    'default-src': "'none'",
    'script-src': "'self'",
    'connect-src': "'self'",
    'img-src': "'self' data:",
    ...own,
    'base-uri': "'none'",
    'form-action': "'none'",
    'frame-ancestors': "'none'",
  }
  return Object.entries(directives)
    .map(([name, value]) => `${name} ${value}`)
    .join('; ')
}
