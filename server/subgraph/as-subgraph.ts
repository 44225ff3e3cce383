import {
  extendSchema,
  type GraphQLFieldResolver,
  type GraphQLScalarType,
  type GraphQLSchema,
  type GraphQLUnionType,
  parse,
} from 'graphql'
import type { Item } from '../../schema/graphql/item.ts'
import { User } from '../../schema/graphql/user.ts'
import type { RequestContext } from '../context.ts'
import { authorize, isForOperatorsAlone } from '../guard/access-rules.ts'
import { InputCheck } from '../guard/input-check.ts'
import { entityNames, subgraphSdl } from './subgraph-sdl.ts'

const representationsMax = 1_000

const extension = parse(`
  "A reference to an entity: __typename and id."
  scalar _Any
  union _Entity = ${entityNames.join(' | ')}
  type _Service { "The schema as a subgraph." sdl: String! }
  extend type Query {
    "The schema as a subgraph of Apollo Federation 2."
    _service: _Service!
    "Entities by reference, in the same order; null where the catalog does not have an item. At most ${representationsMax}."
    _entities(representations: [_Any!]!): [_Entity]!
  }
`)

type Resolve = GraphQLFieldResolver<unknown, RequestContext, { representations: readonly unknown[] }>

/**
 * Adds the fields that a gateway of Apollo Federation 2 requires of a subgraph: `_service` and `_entities`. The
 * entities are Item and User.
 * @returns a new schema with the resolvers of the given one
 */
export function asSubgraph(schema: GraphQLSchema): GraphQLSchema {
  const sdl = subgraphSdl(schema, (field) => !isForOperatorsAlone(field))
  const extended = extendSchema(schema, extension)
  const { _service, _entities } = extended.getQueryType()!.getFields()
  _service!.resolve = () => ({ sdl })
  _entities!.resolve = resolveEntities as GraphQLFieldResolver<unknown, unknown>
  const union = extended.getType('_Entity') as GraphQLUnionType
  union.resolveType = (value) => (value instanceof User ? 'User' : 'Item')
  const any = extended.getType('_Any') as GraphQLScalarType
  any.serialize = (value) => value
  return extended
}

interface Representation {
  readonly __typename: (typeof entityNames)[number]
  readonly id: string
}

const resolveEntities: Resolve = (_source, { representations }, { identity, services }): (Item | User | null)[] =>
  checked(representations).map(({ __typename, id }) => {
    if (__typename === 'Item') return services.catalog.get(id) ?? null
    authorize(identity, 'user', { id })
    return new User(id)
  })

/** @throws AppError BAD_USER_INPUT */
function checked(representations: readonly unknown[]): readonly Representation[] {
  const check = new InputCheck()
  const rule = `at most ${representationsMax} representations`
  check.require(representations.length <= representationsMax, 'representations', rule, representations.length)
  check.throwIfAny()
  for (const [n, given] of representations.entries()) {
    const { __typename, id } = (given ?? {}) as { __typename?: unknown; id?: unknown }
    const isEntity = (entityNames as readonly unknown[]).includes(__typename)
    check.require(isEntity, `representations[${n}].__typename`, `one of ${entityNames.join(', ')}`, __typename)
    if (check.require(typeof id === 'string', `representations[${n}].id`, 'a string', id)) {
      check.id(id as string, `representations[${n}].id`)
    }
  }
  check.throwIfAny()
  return representations as readonly Representation[]
}
