/** Whether an Accept header (RFC 9110, section 12.5.1) lets one of the media types through. The most specific range decides for each. */
export function accepts(header: string | undefined, mediaTypes: readonly string[]): boolean {
  if (header === undefined || header.trim() === '') return true
  const ranges = header.split(',').map(toRange)
  return mediaTypes.some((mediaType) => qualityOf(ranges, mediaType) > 0)
}

interface Range {
  readonly name: string
  readonly quality: number
}

function toRange(text: string): Range {
  const [name = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase())
  const [, quality = '1'] =
    parameters.map((each) => /^q\s*=\s*([\d.]+)$/.exec(each)).find((found) => found !== null) ?? []
  return { name, quality: Number(quality) }
}

function qualityOf(ranges: readonly Range[], mediaType: string): number {
  const [type = ''] = mediaType.split('/')
  const candidates = [mediaType, `${type}/*`, '*/*'].map((name) =>
    ranges.find((range) => range.name === name),
  )
  return candidates.find((range) => range !== undefined)?.quality ?? 0
}
