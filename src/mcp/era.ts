import type { AuthInfo } from '@modelcontextprotocol/server'

/** How one era of the protocol answers. */
export interface Era {
  answer(request: Request, authInfo: AuthInfo, message: unknown): Promise<Response>
  endStreams(): void
  close(): Promise<void>
}
