/** On every answer. Nothing here is to be rendered, framed, sniffed or kept by a cache; routes that differ say so themselves. */
export const commonHeaders: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
}

/** Those of them that are about what a browser does with a body. */
export const renderingHeaders = [
  'content-security-policy',
  'referrer-policy',
  'x-content-type-options',
] as const
