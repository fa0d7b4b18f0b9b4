import type { BigIntStats } from 'node:fs'

/** The same as long as nobody has replaced or rewritten the file: what was read from it may be kept under this. */
export function toFileIdentity({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return [dev, ino, size, mtimeNs, ctimeNs].join(':')
}
