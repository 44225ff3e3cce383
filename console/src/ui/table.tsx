import type { ReactNode } from 'react'
import { Scroller } from './panel.tsx'

export interface Column<Row> {
  readonly title: ReactNode
  readonly cell: (row: Row) => ReactNode
  /** `name`: names the row; `number`: aligned right. Default: text. */
  readonly kind?: 'name' | 'number'
}

interface TableProps<Row> {
  readonly label: string
  readonly rows: readonly Row[]
  /** Unique among the rows. */
  readonly keyOf: (row: Row) => string | number | null
  readonly columns: readonly Column<Row>[]
}

export function Table<Row>({ label, rows, keyOf, columns }: TableProps<Row>) {
  return (
    <Scroller label={label}>
      <table>
        <thead>
          <tr>
            {columns.map(({ title, kind }, n) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the columns of a table do not change
              <th key={n} scope="col" className={classOf(kind)}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)}>
              {columns.map(({ cell, kind }, n) =>
                kind === 'name' ? (
                  // biome-ignore lint/suspicious/noArrayIndexKey: the columns of a table do not change
                  <th key={n} scope="row">
                    {cell(row)}
                  </th>
                ) : (
                  // biome-ignore lint/suspicious/noArrayIndexKey: the columns of a table do not change
                  <td key={n} className={classOf(kind)}>
                    {cell(row)}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </Scroller>
  )
}

const classOf = (kind: Column<never>['kind']) => (kind === 'number' ? 'number' : undefined)
