export type Cells = Readonly<Record<string, string>>

/** A row of the file, or why it cannot be parsed. */
export type Row =
  | {
      readonly line: number
      readonly cells: Cells
      /** JSON: the columns whose value was a string, which is used unchanged. */
      readonly strings?: ReadonlySet<string>
      /** JSON: arrays of objects, such as the products of an order. */
      readonly lists?: ReadonlyMap<string, readonly unknown[]>
    }
  | { readonly line: number; readonly problem: string }
