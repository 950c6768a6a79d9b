import { type Endpoint, jsonContent } from './add-examples.ts'
import type { JsonSchema } from './json-schema.ts'
import { sampleOf } from './sample.ts'
import { examples } from './sample-values.ts'

const maxOneLineBody = 60

/** A request filled in with example values. */
export interface ExampleRequest {
  readonly method: string
  readonly path: string
  readonly needsToken: boolean
  readonly body: unknown
}

/** Builds an endpoint's example request. */
export function exampleRequest({ method, path, operation }: Endpoint): ExampleRequest {
  const parameters = (operation.parameters ?? []).flatMap((parameter) =>
    'name' in parameter ? [parameter] : [],
  )
  const filled = path.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const schema = parameters.find((parameter) => parameter.name === name)?.schema
    return schema === undefined ? whole : String(sampleOf(schema as JsonSchema, {}, { onlyRequired: true }))
  })
  const query = examples[`${method} ${path}`]?.query
  return {
    method,
    path: query === undefined ? filled : `${filled}?${query}`,
    needsToken: operation.security !== undefined,
    body: jsonContent(operation.requestBody)?.example,
  }
}

/** Formats a request as a curl command that uses `$PREQBOT_URL` and `$PREQBOT_TOKEN`. */
export function toCurl(
  { method, path, needsToken, body }: ExampleRequest,
  headers: readonly string[] = [],
): string {
  const parts = [
    `curl -s${method === 'GET' ? '' : ` -X ${method}`} "$PREQBOT_URL${path}"`,
    ...(needsToken ? ['-H "Authorization: Bearer $PREQBOT_TOKEN"'] : []),
    ...headers.map((header) => `-H "${header}"`),
    ...(body === undefined ? [] : ['-H "Content-Type: application/json"', `-d '${toShellText(body)}'`]),
  ]
  return parts.join(' \\\n  ')
}

function toShellText(body: unknown): string {
  const short = JSON.stringify(body)
  return (short.length <= maxOneLineBody ? short : JSON.stringify(body, null, 2)).replaceAll("'", "'\\''")
}
