import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'

// biome-ignore lint/suspicious/noExplicitAny: documents and answers of many shapes
type Any = any

export interface RestAnswer {
  readonly status: number
  readonly headers: Headers
  readonly body: Any
}

export interface RestCall {
  readonly query?: Readonly<Record<string, string | readonly string[]>>
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** Calls the REST API and checks each answer against the OpenAPI document that the server itself serves. */
export class RestClient {
  /** operationIds of the routes that have answered with 200. */
  readonly answered = new Set<string>()
  private readonly ajv: InstanceType<typeof Ajv2020>

  static async connect(url: string): Promise<RestClient> {
    const { origin } = new URL(url)
    return new RestClient(origin, await (await fetch(`${origin}/v1/openapi.json`)).json())
  }

  private constructor(
    private readonly origin: string,
    readonly document: Any,
  ) {
    this.ajv = new Ajv2020({ strict: false, allErrors: true })
    ;(addFormats as unknown as (ajv: unknown) => void)(this.ajv)
    this.ajv.addSchema(closed(document), 'api')
  }

  /** @throws Error where the answer is none that the document describes */
  async call(method: string, path: string, { query = {}, body, headers }: RestCall = {}): Promise<RestAnswer> {
    const url = new URL(path, this.origin)
    for (const [name, value] of Object.entries(query))
      for (const one of [value].flat()) url.searchParams.append(name, one as string)
    const response = await fetch(url, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body) }),
      headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    })
    const answer = { status: response.status, headers: response.headers, body: await response.json() }
    this.check(method.toLowerCase(), url.pathname, answer)
    return answer
  }

  private check(method: string, path: string, { status, headers, body }: RestAnswer): void {
    const template = Object.keys(this.document.paths).find(
      (one) => patternOf(one).test(path) && this.document.paths[one][method],
    )
    const operation = template && this.document.paths[template][method]
    const type = headers.get('content-type')?.split(';')[0] ?? ''
    if (!operation) {
      this.validate('#/components/schemas/Problem', body)
      return
    }
    const content = operation.responses[status]?.content
    if (!content?.[type]) throw new Error(`${method} ${path}: no answer ${status} ${type} is described`)
    const pointer = ['paths', template, method, 'responses', status, 'content', type, 'schema'].map(escaped).join('/')
    this.validate(`#/${pointer}`, body)
    if (status === 200) this.answered.add(operation.operationId)
  }

  private validate(pointer: string, value: unknown): void {
    const check = this.ajv.getSchema(`api${pointer}`)
    if (!check) throw new Error(`no schema at ${pointer}`)
    if (!check(value)) throw new Error(`${this.ajv.errorsText(check.errors)}: ${JSON.stringify(value).slice(0, 500)}`)
  }
}

const escaped = (part: unknown): string => encodeURIComponent(String(part).replaceAll('~', '~0').replaceAll('/', '~1'))

const patternOf = (template: string): RegExp => new RegExp(`^${template.replaceAll(/\{\w+\}/g, '[^/]+')}$`)

/** The same document, with schemas of answers that take no other properties than those they name; problems may have more. */
function closed(value: Any, name = ''): Any {
  if (Array.isArray(value)) return value.map((one) => closed(one))
  if (typeof value !== 'object' || value === null) return value
  const copy = Object.fromEntries(Object.entries(value).map(([key, one]) => [key, closed(one, key)]))
  const isObject = value.type === 'object' && value.properties !== undefined && name !== 'Problem'
  return isObject ? { ...copy, additionalProperties: false } : copy
}
