import {
  type ConstDirectiveNode,
  type DefinitionNode,
  type DocumentNode,
  type GraphQLSchema,
  Kind,
  type ObjectTypeDefinitionNode,
  parse,
  print,
  printSchema,
  visit,
} from 'graphql'

const link = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.7", import: ["@key", "@shareable"])'

/** Types of which other subgraphs know only the keys. */
export const entityNames = ['Item', 'User'] as const

/** As Relay defines it; other subgraphs have the same type. */
const shareable = ['PageInfo']

/**
 * Returns the schema as a subgraph of Apollo Federation 2.
 *
 * @param isPublic whether a field of Query, Mutation or Subscription is for visitors or services. Other fields, and the
 * types that only they use, are omitted
 */
export function subgraphSdl(schema: GraphQLSchema, isPublic: (field: string) => boolean): string {
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].map(
    (type) => type?.name,
  )
  const document: DocumentNode = visit(parse(printSchema(schema)), {
    ObjectTypeDefinition(node): ObjectTypeDefinitionNode {
      if (roots.includes(node.name.value)) {
        return { ...node, fields: node.fields?.filter(({ name }) => isPublic(name.value)) }
      }
      return { ...node, directives: [...(node.directives ?? []), ...directivesOf(node.name.value)] }
    },
  })
  const used = reachableFrom(roots, document)
  const definitions = document.definitions.filter((definition) => used.has(nameOf(definition)))
  return `${link}\n\n${definitions.map(print).join('\n\n')}\n`
}

function directivesOf(type: string): readonly ConstDirectiveNode[] {
  const text = (entityNames as readonly string[]).includes(type)
    ? '@key(fields: "id")'
    : shareable.includes(type)
      ? '@shareable'
      : ''
  const [definition] = parse(`type T ${text} { id: ID }`).definitions
  return (definition as ObjectTypeDefinitionNode).directives ?? []
}

const nameOf = (definition: DefinitionNode): string => ('name' in definition ? (definition.name?.value ?? '') : '')

/** Returns the names of all types that are reached, the roots first. */
function reachableFrom(roots: readonly (string | undefined)[], { definitions }: DocumentNode): Set<string> {
  const byName = new Map(definitions.map((definition) => [nameOf(definition), definition]))
  const reached = new Set<string>()
  const waiting = roots.filter((name) => name !== undefined)
  while (waiting.length > 0) {
    const name = waiting.pop()!
    const definition = byName.get(name)
    if (reached.has(name) || !definition) continue
    reached.add(name)
    visit(definition, { [Kind.NAMED_TYPE]: (node) => void waiting.push(node.name.value) })
  }
  return reached
}
