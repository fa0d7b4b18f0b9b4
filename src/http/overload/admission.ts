/** A request at the door. */
export interface Visitor {
  enter(): void
  refuse(): void
  /** Whether it has given up. */
  isGone(): boolean
}

/**
 * Lets only so many requests be under way. All that has come is read at once, thousands of requests maybe; begun together, they would all
 * be answered late. So the others wait, and whoever has waited too long is refused.
 *
 * What a request costs needn't be known. Nor does one that waits for something else than this process keep others out: an event loop that
 * has time to sleep has time for more.
 */
export interface Admission {
  /** Whether a request may begin at once; if not, it has to `wait`. */
  isFree(): boolean
  wait(visitor: Visitor): void
  /** Refuses, but never so many at once that those who were let in would wait for that. */
  turnAway(visitor: Visitor): void
  /** To be called when one is answered. */
  leave(): void
}

export interface AdmissionOptions {
  /** How long a request may wait before it is refused, in milliseconds; half of that while more wait than can begin in time. */
  readonly maxWaitMs: number
  /** How many may wait, to begin or to be refused; more are refused at once. Default: 10,000. */
  readonly maxVisitors?: number
  readonly loop?: Loop
}

/** The event loop and its clock. */
export interface Loop {
  /** In milliseconds; never goes back. */
  now(): number
  /** How long it has slept in all, in milliseconds. */
  sleptMs(): number
  inNextTurn(act: () => void): void
  /** When it has had time to sleep. */
  inAMoment(act: () => void): void
}

const ownLoop: Loop = {
  now: () => performance.now(),
  sleptMs: () => performance.eventLoopUtilization().idle,
  inNextTurn: setImmediate,
  inAMoment: (act) => setTimeout(act, 1),
}

/** Enough for changes to share a sync to the disk, and few enough for each to be done soon. */
const underWayAtMost = 128
/** Few beside those: a refusal costs about as much as a read. */
const refusedPerTurn = 50
/** Over how long it is seen how fast requests begin. */
const paceMs = 200

export function createAdmission({
  maxWaitMs,
  maxVisitors = 10_000,
  loop = ownLoop,
}: AdmissionOptions): Admission {
  const waiting: Waiting[] = []
  const unwanted: Visitor[] = []
  const pace = createPace(loop)
  let begun = 0
  let underWay = 0
  let isTurning = false
  let sleptWhenFull = 0

  return {
    isFree() {
      forgetAfterSleep()
      if (waiting.length > 0 || underWay >= underWayAtMost) return false
      begin()
      return true
    },
    wait(visitor) {
      if (isFull()) return visitor.refuse()
      waiting.push({ visitor, since: loop.now() })
      beginTurns()
    },
    turnAway(visitor) {
      if (isFull()) return visitor.refuse()
      unwanted.push(visitor)
      beginTurns()
    },
    leave() {
      if (underWay > 0) underWay -= 1
    },
  }

  function isFull(): boolean {
    return waiting.length + unwanted.length >= maxVisitors
  }

  function begin(): void {
    begun += 1
    underWay += 1
    if (underWay === underWayAtMost) sleptWhenFull = loop.sleptMs()
  }

  /** Those who are under way then wait for something else, or left without an answer. */
  function forgetAfterSleep(): void {
    if (underWay >= underWayAtMost && loop.sleptMs() > sleptWhenFull) underWay = 0
  }

  /** Only while somebody waits: an event loop that has something to do in each turn reads what has come one request at a time. */
  function beginTurns(): void {
    if (isTurning) return
    isTurning = true
    begun = 0
    pace.restart()
    loop.inNextTurn(turn)
  }

  function turn(): void {
    pace.count(begun)
    isTurning = waiting.length + unwanted.length > 0
    if (!isTurning) return
    begun = 0
    const isBehind = pace.msFor(waiting.length) > maxWaitMs
    turnAwayLate(isBehind ? maxWaitMs / 2 : maxWaitMs)
    forgetAfterSleep()
    try {
      admit(isBehind)
      for (const visitor of unwanted.splice(0, refusedPerTurn)) visitor.refuse()
    } finally {
      goOn()
    }
  }

  function goOn(): void {
    const isStuck = waiting.length > 0 && begun === 0
    if (isStuck) loop.inAMoment(turn)
    else loop.inNextTurn(turn)
  }

  function turnAwayLate(limitMs: number): void {
    const at = loop.now()
    const inTime = waiting.findIndex(({ since }) => at - since <= limitMs)
    const late = waiting.splice(0, inTime < 0 ? waiting.length : inTime)
    unwanted.push(...late.map(({ visitor }) => visitor))
  }

  /**
   * First come, first served, as long as everybody can be. Else the newest first: in the order in which they came, everybody would be let
   * in only when it has waited about as long as it may.
   */
  function admit(isBehind: boolean): void {
    let room = underWayAtMost - underWay
    while (waiting.length > 0 && room > 0) {
      const next = isBehind ? waiting.splice(-room).reverse() : waiting.splice(0, room)
      for (const { visitor } of next.filter((each) => !each.visitor.isGone())) {
        begin()
        room -= 1
        visitor.enter()
      }
    }
  }
}

interface Waiting {
  readonly visitor: Visitor
  readonly since: number
}

/**
 * How fast requests begin: from the first turn on, for until then they are only read, and by the better of two looks, since a single one
 * may have met a garbage collection.
 */
function createPace({ now }: Loop) {
  let counted = 0
  let since: number | undefined
  let looks = [0, 0]
  return {
    restart(): void {
      since = undefined
      looks = [0, 0]
    },
    count(begun: number): void {
      const at = now()
      counted = since === undefined ? 0 : counted + begun
      since ??= at
      if (at - since < paceMs) return
      looks = [...looks.slice(1), (at - since) / counted]
      counted = 0
      since = at
    },
    /** How many milliseconds it takes until so many have begun; 0 as long as nobody knows. */
    msFor: (amount: number): number => amount * Math.min(...looks),
  }
}
