/** A result as the protocol wants it: its fields, and the same as text. It is made anew each time, as that of a real tool. */
export function toToolResult(answer: Readonly<Record<string, unknown>>) {
  return {
    content: [{ type: 'text' as const, text: JSON.stringify(answer) }],
    structuredContent: { ...answer },
  }
}
