import { type ASTNode, BREAK, type GraphQLError, Kind, parse, visit } from 'graphql'

/**
 * Returns the path of a value that a scalar rejects, within an argument or a variable's default, such as
 * `events[0].timestamp`; undefined if the error has another cause. graphql-js reports only the line. The document is
 * parsed again, for errors only.
 */
export function literalPath({ nodes, source }: GraphQLError): string | undefined {
  const start = nodes?.[0]?.loc?.start
  if (start === undefined || source === undefined) return undefined
  let path: string | undefined
  visit(parse(source), {
    enter(node, _key, parent, _path, ancestors) {
      if (node.loc?.start !== start || node.kind !== nodes![0]!.kind) return undefined
      path = pathOf([...ancestors, ...(parent ? [parent] : []), node])
      return BREAK
    },
  })
  return path
}

/** @param steps nodes, and the lists that contain them, from the document to the value */
function pathOf(steps: readonly (ASTNode | readonly ASTNode[])[]): string | undefined {
  let path: string | undefined
  steps.forEach((step, n) => {
    if (isList(step)) return
    const outer = steps[n - 1]
    if (step.kind === Kind.ARGUMENT) path = step.name.value
    else if (step.kind === Kind.VARIABLE_DEFINITION) path = step.variable.name.value
    else if (step.kind === Kind.OBJECT_FIELD) path += `.${step.name.value}`
    else if (outer !== undefined && isList(outer) && isListValue(steps[n - 2])) path += `[${outer.indexOf(step)}]`
  })
  return path
}

const isList = (step: ASTNode | readonly ASTNode[]): step is readonly ASTNode[] => Array.isArray(step)

const isListValue = (step: ASTNode | readonly ASTNode[] | undefined): boolean =>
  step !== undefined && !isList(step) && step.kind === Kind.LIST
