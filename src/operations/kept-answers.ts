import type { Epoch } from '../orchestrator.ts'
import type { Principal } from './operation.ts'

/** Answers as a door sends them, each for the principal that it was made for and the epoch that it was made in. */
export interface KeptAnswers<Answer> {
  get(place: Place): Answer | undefined
  /** Makes what isn't kept: once, however many ask for it meanwhile. What fails, fails for all of them and is not kept. */
  make(place: Place, make: () => Promise<Answer>): Promise<Answer>
}

/** Whose answer, to what, in which epoch. */
export interface Place {
  /** From before the answer is begun. */
  readonly epoch: Epoch
  readonly principal: Principal
  /** The request, in whatever form one request always has and no other. */
  readonly request: string
}

export interface KeptAnswersOptions<Answer> {
  /** About how many bytes an answer takes up; undefined for one that is not to be kept. */
  readonly weigh: (answer: Answer) => number | undefined
  /** What is beyond it, all answers together, is made anew each time. Default: 16 MiB. */
  readonly maxBytes?: number
}

/**
 * Keeps answers of one epoch only, the newest that it was asked about: a newer one empties it, and for an older one it keeps nothing. A
 * principal is known by its identity, so that no answer ever reaches another one, whatever its id.
 */
export function createKeptAnswers<Answer>(options: KeptAnswersOptions<Answer>): KeptAnswers<Answer> {
  const { weigh, maxBytes = 16 * 1024 ** 2 } = options
  let current: Kept<Answer> = begin(Number.NEGATIVE_INFINITY)

  function begin(epoch: Epoch): Kept<Answer> {
    return { epoch, shelves: new Map(), bytes: 0 }
  }

  function keptIn(epoch: Epoch): Kept<Answer> {
    if (epoch > current.epoch) current = begin(epoch)
    return epoch === current.epoch ? current : begin(epoch)
  }

  async function fill({ request }: Place, kept: Kept<Answer>, shelf: Shelf<Answer>, making: Promise<Answer>) {
    try {
      const answer = await making
      const weight = weigh(answer)
      if (weight === undefined) return answer
      kept.bytes += weight + 2 * request.length
      if (kept.bytes <= maxBytes) shelf.done.set(request, answer)
      return answer
    } finally {
      shelf.underWay.delete(request)
    }
  }

  return {
    get: ({ epoch, principal, request }) => keptIn(epoch).shelves.get(principal)?.done.get(request),
    make(place, make) {
      const kept = keptIn(place.epoch)
      const shelf = shelfOf(kept, place.principal)
      const begun = shelf.underWay.get(place.request)
      if (begun) return begun
      const filling = fill(place, kept, shelf, make())
      shelf.underWay.set(place.request, filling)
      return filling
    },
  }
}

interface Kept<Answer> {
  readonly epoch: Epoch
  readonly shelves: Map<Principal, Shelf<Answer>>
  bytes: number
}

/** What belongs to one principal. */
interface Shelf<Answer> {
  readonly done: Map<string, Answer>
  readonly underWay: Map<string, Promise<Answer>>
}

function shelfOf<Answer>({ shelves }: Kept<Answer>, principal: Principal): Shelf<Answer> {
  const known = shelves.get(principal)
  if (known) return known
  const shelf: Shelf<Answer> = { done: new Map(), underWay: new Map() }
  shelves.set(principal, shelf)
  return shelf
}
