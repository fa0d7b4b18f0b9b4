/** How a token is used, with a line to paste. */
export function tokenUsage(token: string, baseUrl: string): string {
  return `Send it in the Authorization header:\n\n  curl -H 'Authorization: Bearer ${token}' ${baseUrl}/v1/clients\n`
}
