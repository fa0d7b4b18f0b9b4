/** One frame of a stream of server-sent events (HTML standard, section 9.2). */
export interface Frame {
  readonly type: string
  /** Absent in a frame that only moves the id on. */
  readonly data: string | undefined
  readonly id: string | undefined
}

/** Longer than the server's heartbeat takes: after that, nobody is there any more. */
const silenceMs = 45_000

/** Reads frames as they arrive. Ends when the stream does; throws when it breaks or falls silent. */
export async function* readFrames({ body }: Response): AsyncGenerator<Frame> {
  if (!body) return
  const reader = body.pipeThrough(new TextDecoderStream()).getReader()
  let rest = ''
  try {
    for (;;) {
      const { value, done } = await withinTime(reader.read())
      if (done) return
      const frames = (rest + value).split('\n\n')
      rest = frames.pop() ?? ''
      yield* frames.map(toFrame)
    }
  } finally {
    await reader.cancel().catch(() => undefined)
  }
}

function toFrame(text: string): Frame {
  const fields = new Map<string, string>()
  for (const line of text.split('\n')) {
    const [, name, value = ''] = /^(\w+): ?(.*)$/.exec(line) ?? []
    if (name)
      fields.set(name, name === 'data' && fields.has('data') ? `${fields.get('data')}\n${value}` : value)
  }
  return { type: fields.get('event') ?? 'message', data: fields.get('data'), id: fields.get('id') }
}

async function withinTime<T>(promise: Promise<T>): Promise<T> {
  const { promise: silence, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error('The stream fell silent.')), silenceMs)
  return await Promise.race([promise, silence]).finally(() => clearTimeout(timer))
}
