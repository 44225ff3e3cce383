import type { AttributeCondition } from '../../../schema/rules.ts'

export interface HasAttributes {
  readonly attributes?: readonly {
    readonly name: string
    readonly text: string | null
    readonly number: number | null
    readonly flag: boolean | null
  }[]
}

/** Whether one value of the attribute satisfies all parts of the condition; with the name alone, any value does. */
export function matchesAttribute(subject: object, condition: AttributeCondition): boolean {
  const { name, in: texts, gte, lte, is } = condition
  const { attributes = [] } = subject as HasAttributes
  return attributes.some(
    (one) =>
      one.name === name &&
      (texts === undefined || (one.text !== null && texts.includes(one.text))) &&
      (gte === undefined || (one.number !== null && one.number >= gte)) &&
      (lte === undefined || (one.number !== null && one.number <= lte)) &&
      (is === undefined || one.flag === is),
  )
}
