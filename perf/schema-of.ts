type Schema = Readonly<Record<string, unknown>>

/** The JSON Schema that one would write for just this value; of a list, the first entry stands for all. */
export function toSchema(value: unknown): Schema {
  if (value === null) return { type: 'null' }
  if (Array.isArray(value)) return { type: 'array', items: value.length > 0 ? toSchema(value[0]) : {} }
  if (typeof value === 'object') return { type: 'object', properties: mapValues(value, toSchema) }
  return { type: typeof value }
}

function mapValues(value: object, map: (member: unknown) => Schema): Schema {
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, map(member)]))
}
