import {
  acceptedContent,
  fromJsonSchema,
  type InputRequest,
  inputRequired,
  type ServerContext,
} from '@modelcontextprotocol/server'

/** A question with one required field, put to the user as an input request (SEP-2322). */
export interface Form<Value> {
  /** As the server names the question to the client. */
  readonly key: string
  readonly request: InputRequest
  /** What the user filled in; undefined until there is an answer that fits. */
  read(context: ServerContext): Value | undefined
}

export interface FormOptions<Type extends keyof FieldTypes> {
  readonly key: string
  readonly message: string
  readonly field: string
  readonly type: Type
}

export function createForm<Type extends keyof FieldTypes>({
  key,
  message,
  field,
  type,
}: FormOptions<Type>): Form<FieldTypes[Type]> {
  const answer = fromJsonSchema<Readonly<Record<string, FieldTypes[Type]>>>({
    type: 'object',
    properties: { [field]: { type } },
    required: [field],
  })
  return {
    key,
    request: inputRequired.elicit({ message, requestedSchema: answer }),
    read: ({ mcpReq }) => acceptedContent(mcpReq.inputResponses, key, answer)?.[field],
  }
}

interface FieldTypes {
  readonly string: string
  readonly boolean: boolean
}
