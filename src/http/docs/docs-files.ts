import { readFile } from 'node:fs/promises'

/** A file that the pages load. It comes ready for the browser from a package of its own. */
export interface DocsFile {
  readonly name: string
  readonly path: string
  readonly mediaType: string
  /** Where a checkout has it: a development dependency. */
  readonly source: string
  /** An address of another host, which is made to lead nowhere. */
  readonly foreign?: string
}

export const docsFiles: readonly DocsFile[] = [
  {
    name: 'swagger-ui.css',
    path: '/docs/swagger-ui.css',
    mediaType: 'text/css; charset=utf-8',
    source: 'swagger-ui-dist/swagger-ui.css',
  },
  {
    name: 'swagger-ui-bundle.js',
    path: '/docs/swagger-ui-bundle.js',
    mediaType: 'text/javascript; charset=utf-8',
    source: 'swagger-ui-dist/swagger-ui-bundle.js',
  },
  {
    name: 'redoc.standalone.js',
    path: '/redoc/redoc.standalone.js',
    mediaType: 'text/javascript; charset=utf-8',
    source: 'redoc/bundles/redoc.standalone.js',
    foreign: 'https://cdn.redoc.ly/redoc/logo-mini.svg',
  },
]

/**
 * From beside this module, where the built package has a copy: as dependencies, the packages would bring 116 others, 90 MB, of which
 * the browser needs nothing more, and one that reports each installation to its maker. Else from the packages themselves.
 */
export async function readDocsFile(file: DocsFile): Promise<string> {
  const text = await readText(file)
  return file.foreign === undefined ? text : text.replaceAll(file.foreign, 'data:,')
}

async function readText({ name, source }: DocsFile): Promise<string> {
  return readFile(new URL(`./docs-files/${name}`, import.meta.url), 'utf8').catch(() =>
    readFile(new URL(import.meta.resolve(source)), 'utf8'),
  )
}
