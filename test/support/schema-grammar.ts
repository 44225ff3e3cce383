import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLNamedOutputType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
  isUnionType,
} from 'graphql'
import type { Dice } from '../simulator/dice.ts'

export interface ValidRequest {
  readonly query: string
  readonly variables: Record<string, unknown>
}

/** What a generator draws leaves from: values that are valid for the type, and mostly at or beyond a bound of the field. */
export interface Leaves {
  readonly ids: readonly string[]
  readonly strings: readonly string[]
}

const ints = [1, 2, 3, 4, 12, 20]
const wildInts = [0, 100, 101, 1000, 1001, -1, 2 ** 31 - 1, -(2 ** 31)]
const floats = [0, 0.5, 1, 5, 9.99, -1, 1e300, 1e-300, -0, 2 ** 53]
const dates = ['2026-01-01T00:00:00Z', '1969-12-31T23:59:59.999+14:00', '2999-01-01T00:00:00Z', '0001-01-01T00:00:00Z']
const depthMax = 4

/**
 * Documents that are valid by the schema, over all of its fields, arguments and input objects, with aliases, inline fragments
 * and variables: what gets past parsing and validation, where a grammar of texts seldom does.
 */
export class SchemaGrammar {
  constructor(
    private readonly schema: GraphQLSchema,
    private readonly leaves: Leaves,
  ) {}

  /** @param without root fields that are not asked for */
  request(dice: Dice, operation: 'query' | 'mutation' | 'subscription', without: readonly string[] = []): ValidRequest {
    const root = this.rootOf(operation)
    const fields = Object.values(root.getFields()).filter(({ name }) => !without.includes(name))
    const draw = new Draw(this.leaves, dice)
    const count = operation === 'subscription' ? 1 : dice.between(1, 3)
    const selected = Array.from({ length: count }, (_, n) => draw.field(dice.pick(fields), `f${n}`, 0))
    return { query: `${operation} ${draw.declarations()} { ${selected.join(' ')} }`, variables: draw.variables }
  }

  private rootOf(operation: 'query' | 'mutation' | 'subscription'): GraphQLObjectType {
    const { schema } = this
    const roots = {
      query: schema.getQueryType(),
      mutation: schema.getMutationType(),
      subscription: schema.getSubscriptionType(),
    }
    return roots[operation]!
  }
}

class Draw {
  readonly variables: Record<string, unknown> = {}
  private readonly declared: string[] = []
  private aliases = 0

  constructor(
    private readonly leaves: Leaves,
    private readonly dice: Dice,
  ) {}

  declarations(): string {
    return this.declared.length > 0 ? `(${this.declared.join(', ')})` : ''
  }

  field(field: GraphQLField<unknown, unknown>, alias: string, depth: number): string {
    const inner = this.selectionOf(getNamedType(field.type), depth + 1)
    return `${alias}: ${field.name}${this.argumentsOf(field.args)}${inner}`
  }

  private selectionOf(type: GraphQLNamedOutputType, depth: number): string {
    const { dice } = this
    if (isUnionType(type)) {
      const members = type.getTypes().filter(() => dice.chance(0.6))
      return ` { __typename ${members.map((one) => `... on ${one.name}${this.selectionOf(one, depth)}`).join(' ')} }`
    }
    if (!isObjectType(type)) return ''
    const all = Object.values(type.getFields())
    const possible = depth < depthMax ? all : all.filter((one) => !isComposite(getNamedType(one.type)))
    const picked = possible.filter(() => dice.chance(0.4)).slice(0, 6)
    return ` { __typename ${picked.map((one) => this.field(one, `a${this.aliases++}`, depth)).join(' ')} }`
  }

  private argumentsOf(args: readonly GraphQLArgument[]): string {
    const given = args.filter(({ type, defaultValue }) => {
      return (isNonNullType(type) && defaultValue === undefined) || this.dice.chance(0.5)
    })
    const texts = given.map(({ name, type }) => {
      const value = this.valueOf(type, 0)
      const variable = `v${this.declared.length}`
      this.declared.push(`$${variable}: ${type}`)
      this.variables[variable] = value
      return `${name}: $${variable}`
    })
    return texts.length > 0 ? `(${texts.join(', ')})` : ''
  }

  private valueOf(type: GraphQLInputType, depth: number): unknown {
    const { dice, leaves } = this
    if (isNonNullType(type)) return this.valueOf(type.ofType as GraphQLInputType, depth)
    if (dice.chance(0.03) && depth > 0) return null
    if (isListType(type)) {
      const length = dice.pick([0, 1, 1, 2, 5])
      return Array.from({ length }, () => this.valueOf(type.ofType, depth + 1) ?? this.valueOf(type.ofType, 0))
    }
    if (isEnumType(type)) return dice.pick(type.getValues()).name
    if (isInputObjectType(type)) {
      const fields = Object.values(type.getFields()).filter((one) => {
        return (isNonNullType(one.type) && one.defaultValue === undefined) || dice.chance(0.4)
      })
      return Object.fromEntries(
        fields.map((one) => {
          const value = this.valueOf(one.type, depth + 1)
          return [one.name, isNonNullType(one.type) && value === null ? this.valueOf(one.type, 0) : value]
        }),
      )
    }
    switch (type.name) {
      case 'ID':
        return dice.pick(leaves.ids)
      case 'Int':
        return dice.pick(dice.chance(0.9) ? ints : wildInts)
      case 'Float':
        return dice.pick(floats)
      case 'Boolean':
        return dice.chance(0.5)
      case 'DateTime':
        return dice.pick(dates)
      default:
        return dice.pick(leaves.strings)
    }
  }
}

const isComposite = (type: GraphQLNamedOutputType): boolean => isObjectType(type) || isUnionType(type)
