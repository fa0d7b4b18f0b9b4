import type { CallToolResult } from '@modelcontextprotocol/server'

/** One red pixel. */
export const png =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC'

/** A WAV file of one silent sample: 8 bits, mono, 8 kHz. */
export const wav = 'UklGRiYAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQEAAACAAA=='

export function text(said: string): CallToolResult {
  return { content: [{ type: 'text', text: said }] }
}
