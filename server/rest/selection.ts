import {
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLUnionType,
  getNamedType,
  isObjectType,
  isUnionType,
} from 'graphql'

/** The property that names the type of a union member: OpenAPI's discriminator. */
export const discriminator = 'type'

/**
 * The fields of a type in REST answers: those without arguments. Fields with arguments are lists with routes of their
 * own.
 */
export function selectedFields(type: GraphQLObjectType): GraphQLField<unknown, unknown>[] {
  return Object.values(type.getFields()).filter(({ args }) => args.length === 0)
}

/**
 * The GraphQL selection of all fields of a type that REST answers have; empty for scalars and enums.
 * @throws Error where a type contains itself through fields without arguments: its selection would be infinite
 */
export function selectionOf(type: GraphQLNamedType, within: readonly GraphQLNamedType[] = []): string {
  if (!isObjectType(type) && !isUnionType(type)) return ''
  if (within.includes(type)) throw new Error(`REST: ${type.name} contains itself: ${within.join(' > ')}`)
  const inside = [...within, type]
  return ` { ${isUnionType(type) ? selectionOfUnion(type, inside) : selectionOfObject(type, inside)} }`
}

function selectionOfObject(type: GraphQLObjectType, within: readonly GraphQLNamedType[]): string {
  const fields = selectedFields(type)
  return fields.map((field) => `${field.name}${selectionOf(getNamedType(field.type), within)}`).join(' ')
}

function selectionOfUnion(type: GraphQLUnionType, within: readonly GraphQLNamedType[]): string {
  const members = type.getTypes().map((member) => `... on ${member.name}${selectionOf(member, within)}`)
  return `${discriminator}: __typename ${members.join(' ')}`
}
