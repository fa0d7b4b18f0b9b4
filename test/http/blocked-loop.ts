/** For longer than the loop may be late in a test, so that it is however the looks at it fall. */
const blockMs = 50

/**
 * Does something while each turn of this process's event loop takes a twentieth of a second: what is asked of a server in this process is
 * read when the loop is known to be late.
 */
export async function whileBlocked<T>(act: () => Promise<T>): Promise<T> {
  let isOver = false
  const { promise: isLate, resolve } = Promise.withResolvers<void>()
  let turns = 0
  const turn = () => {
    block()
    turns += 1
    // It has to be late at two looks in a row, and the first turn may fall between two.
    if (turns === 5) resolve()
    if (!isOver) setImmediate(turn)
  }
  setImmediate(turn)
  await isLate
  try {
    return await act()
  } finally {
    isOver = true
  }
}

function block(): void {
  const until = performance.now() + blockMs
  while (performance.now() < until);
}
