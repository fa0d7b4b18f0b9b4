import type { Finding, FindingCode } from '../errors.ts'
import { quote, toPointer } from '../json.ts'
import type { Asked, CatalogueServer } from './catalogue-server.ts'

export function invalidParameter(name: string, problem: string): Finding {
  return toFinding('invalid_parameter', '/params', name, `${name} ${problem}.`)
}

export function missingParameter({ name, description }: Asked): Finding {
  return toFinding(
    'missing_parameter',
    '/params',
    name,
    `${name} is needed${because(description)}. Give params.${name}.`,
  )
}

export function unknownParameter(server: CatalogueServer, name: string): Finding {
  const message = `${server.serverId} has no parameter ${quote(name)}. Its parameters: ${knownParameters(server)}.`
  return toFinding('unknown_parameter', '/params', name, message)
}

export function unresolvedPlaceholder(server: CatalogueServer, name: string): Finding {
  const isDeclared = server.parameters.some((parameter) => parameter.name === name)
  const message = isDeclared
    ? `What was given needs {${name}} beside it, and there is no value for it. Give params.${name}.`
    : `{${name}} stands in the server.json of ${server.serverId}, which declares no such input. Mend that file.`
  return toFinding('unresolved_placeholder', '/params', name, message)
}

/** The names only: together the values say what must not be referred to. */
export function splitReference([first = '', ...others]: readonly string[]): Finding {
  const names = [first, ...others].join(', ')
  const message = `${names} would make up a reference with what is around it. Give a whole reference as one value, or none.`
  return toFinding('split_reference', '/params', first, message)
}

export function invalidVariable(name: string, problem: string): Finding {
  return toFinding('invalid_env', '/env_vars', name, `${quote(name)} ${problem}.`)
}

export function missingVariable({ name, description }: Asked): Finding {
  return toFinding(
    'missing_env_var',
    '/env_vars',
    name,
    `${name} is needed${because(description)}. Give env_vars.${name}.`,
  )
}

export function knownParameters({ parameters }: CatalogueServer): string {
  return parameters.length === 0 ? 'none' : parameters.map(({ name }) => name).join(', ')
}

/** The pointer is one into the input of add_server_to_config. */
function toFinding(code: FindingCode, parent: string, name: string, message: string): Finding {
  return { code, pointer: `${parent}${toPointer(name)}`, message }
}

function because(description: string): string {
  return description === '' ? '' : ` (${description})`
}
