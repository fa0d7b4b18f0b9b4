import { OrchestrationError } from '../errors.ts'

/** Another connection holds the lock: the only failure that waiting can mend. */
export function isBusy(error: unknown): boolean {
  return codeOf(error) === 'SQLITE_BUSY'
}

/** What failed below, for the caller without a path or a stack; the cause, for the log, names the file. */
export function toUnavailable(error: unknown, file: string): OrchestrationError {
  if (error instanceof OrchestrationError) return error
  const cause = new Error(`The store in ${file} failed.`, { cause: error })
  return new OrchestrationError('store_unavailable', sentences[codeOf(error)] ?? elsewise, { cause })
}

/** The file system's code, or SQLite's primary one: https://www.sqlite.org/rescode.html */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return ''
  if ('errcode' in error) return sqliteCodes[Number(error.errcode) & 0xff] ?? ''
  return 'code' in error ? String(error.code) : ''
}

const sqliteCodes: Readonly<Record<number, string>> = {
  5: 'SQLITE_BUSY',
  8: 'SQLITE_READONLY',
  11: 'SQLITE_CORRUPT',
  13: 'SQLITE_FULL',
  26: 'SQLITE_NOTADB',
}

const locked =
  'Another process has kept the store locked for too long, so nothing was done. Try again; if it lasts, look for a process of this program that hangs.'
const full = 'The disk is full, so nothing was written to the store. Free some space, then try again.'
const readOnly =
  'The store is not writable, so nothing was done. Give this program write access to its home folder, then try again.'
const damaged =
  'The file of the store is damaged or no database. Restore it from a backup, or move it away to begin with an empty store.'
const elsewise = 'The store could not be opened or used. The log says why; try again once that is mended.'

const sentences: Readonly<Record<string, string>> = {
  SQLITE_BUSY: locked,
  SQLITE_FULL: full,
  ENOSPC: full,
  EDQUOT: full,
  SQLITE_READONLY: readOnly,
  EACCES: readOnly,
  EPERM: readOnly,
  EROFS: readOnly,
  SQLITE_CORRUPT: damaged,
  SQLITE_NOTADB: damaged,
}
