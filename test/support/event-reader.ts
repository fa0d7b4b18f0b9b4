/** One event as a listener hears it. */
export interface Heard {
  readonly type: string
  readonly data: Readonly<Record<string, unknown>>
  /** The last id at that moment, which may be that of an event before. */
  readonly lastId: string
  /** In milliseconds since the epoch. */
  readonly heardAt: number
}

/** A reader over fetch, which can send a credential, unlike a browser's EventSource. It keeps what it heard. */
export interface EventReader {
  readonly status: number
  readonly headers: Headers
  readonly heard: readonly Heard[]
  /** With which one would resume now. */
  lastId(): string
  /** What was heard, as soon as there are so many; rejects when the stream ends before. */
  hears(count: number): Promise<readonly Heard[]>
  /** The first id that is at least this one, events or not. */
  reaches(revision: number): Promise<void>
  /** Resolves when the stream has ended, in whichever way; what it answers is whether that was in order. */
  readonly ended: Promise<boolean>
  close(): void
}

export async function readEvents(
  url: string,
  headers: Readonly<Record<string, string>>,
): Promise<EventReader> {
  const stop = new AbortController()
  const response = await fetch(url, { headers, signal: stop.signal })
  const heard: Heard[] = []
  const waiting = new Set<() => void>()
  let lastId = ''
  let isOver = false

  const ended = read().then(
    () => true,
    () => false,
  )
  void ended.then(() => {
    isOver = true
    wake()
  })

  return {
    status: response.status,
    headers: response.headers,
    heard,
    lastId: () => lastId,
    async hears(count) {
      await until(
        () => heard.length >= count,
        () => `${count} events; there were ${heard.length}`,
      )
      return heard
    },
    reaches: (revision) =>
      until(
        () => Number(lastId) >= revision,
        () => `the id ${revision}; it is ${lastId}`,
      ),
    ended,
    close: () => stop.abort(),
  }

  async function read(): Promise<void> {
    let rest = ''
    for await (const text of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      const frames = (rest + text).split('\n\n')
      rest = frames.pop() ?? ''
      for (const frame of frames) take(frame.split('\n'))
      wake()
    }
  }

  /** As the HTML standard dispatches: an id counts also without data, and then nothing is told. */
  function take(lines: readonly string[]): void {
    const fields = new Map(
      lines.map((line) => [line.split(': ', 1)[0] ?? '', line.slice(line.indexOf(': ') + 2)]),
    )
    lastId = fields.get('id') ?? lastId
    const data = fields.get('data')
    if (data !== undefined)
      heard.push({ type: fields.get('event') ?? '', data: JSON.parse(data), lastId, heardAt: Date.now() })
  }

  function wake(): void {
    for (const look of waiting) look()
  }

  function until(holds: () => boolean, wanted: () => string): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const look = () => {
      if (holds()) resolve()
      else if (isOver) reject(new Error(`The stream ended before ${wanted()}.`))
    }
    waiting.add(look)
    look()
    return promise.finally(() => waiting.delete(look))
  }
}
