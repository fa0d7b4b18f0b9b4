import { quote } from '../json.ts'
import type { CatalogueServer, Parameter, Variable } from './catalogue-server.ts'
import { toParameterText, toVariableText } from './given-value.ts'
import { inputNamePattern } from './server-json-schema.ts'

/** What is wrong with a server that has the right shape, as the rest of a sentence about its file. */
export function findFlaw(server: CatalogueServer): string | undefined {
  const { parameters, variables, env, headers } = server
  const environment = [...env, ...variables].map(({ name }) => name)
  const vault = [...parameters, ...variables].filter(({ secret }) => secret).map(({ name }) => name)
  return (
    findParameterFlaw(parameters) ??
    findVariableFlaw(variables) ??
    findTwice(
      'parameter',
      parameters.map(({ name }) => name),
    ) ??
    findTwice('environment variable', environment) ??
    findTwice(
      'header',
      headers.map(({ name }) => name.toLowerCase()),
    ) ??
    findTwice('secret', vault)
  )
}

function findParameterFlaw(parameters: readonly Parameter[]): string | undefined {
  for (const parameter of parameters) {
    const name = quote(parameter.name)
    if (!inputName.test(parameter.name)) return `the parameter ${name} has a name that can't be used`
    if (parameter.secret && parameter.repeatable)
      return `the parameter ${name} is secret and repeated, which can't be kept`
    const text = parameter.default === undefined ? undefined : toParameterText(parameter, parameter.default)
    if (text?.ok === false) return `the default of the parameter ${name} ${text.problem}`
  }
  return undefined
}

function findVariableFlaw(variables: readonly Variable[]): string | undefined {
  for (const variable of variables) {
    const text = variable.default === undefined ? undefined : toVariableText(variable, variable.default)
    if (text?.ok === false) return `the default of the environment variable ${variable.name} ${text.problem}`
  }
  return undefined
}

function findTwice(noun: string, names: readonly string[]): string | undefined {
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  return twice === undefined ? undefined : `the ${noun} ${quote(twice)} is declared twice, and not alike`
}

const inputName = new RegExp(inputNamePattern)
