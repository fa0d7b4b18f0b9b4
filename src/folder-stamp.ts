import { statSync } from 'node:fs'

/** Which files a folder holds, as far as one look at the folder itself can tell. Only its identity says anything. */
export type FolderStamp = object

/**
 * A function that looks at a folder and answers the same object for as long as nothing was added, removed or renamed in it; for a second
 * at the most, or as long as it is told, since a file that is written in place leaves no mark on its folder. The folder need not exist.
 */
export function createFolderStamp(folder: string, longestMs = () => 1_000): () => FolderStamp {
  let seen: Look | undefined
  return () => {
    const found = look(folder, longestMs())
    if (seen && isSame(seen, found)) return seen
    seen = isSettled(found) ? found : undefined
    return found
  }
}

interface Look {
  readonly inode: number
  readonly modifiedMs: number
  readonly changedMs: number
  /** Which of the periods, each so long, it was made in. */
  readonly longestMs: number
  readonly period: number
}

/** A folder that can't be looked at counts as one that isn't there: whoever reads it is told why. */
function look(folder: string, longestMs: number): Look {
  const period = Math.floor(performance.now() / longestMs)
  try {
    const found = statSync(folder, { throwIfNoEntry: false })
    return {
      inode: found?.ino ?? 0,
      modifiedMs: found?.mtimeMs ?? 0,
      changedMs: found?.ctimeMs ?? 0,
      longestMs,
      period,
    }
  } catch {
    return { inode: -1, modifiedMs: 0, changedMs: 0, longestMs, period }
  }
}

function isSame(former: Look, { inode, modifiedMs, changedMs, longestMs, period }: Look): boolean {
  return (
    former.inode === inode &&
    former.modifiedMs === modifiedMs &&
    former.changedMs === changedMs &&
    former.longestMs === longestMs &&
    former.period === period
  )
}

/** The clock of a file system ticks every few milliseconds: two changes within one tick have the same time. */
const settledAfterMs = 100

function isSettled({ changedMs }: Look): boolean {
  return Date.now() - changedMs > settledAfterMs
}
