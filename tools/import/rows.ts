export type Cells = Readonly<Record<string, string>>

/** A row as the file has it, or what is wrong with it. */
export type Row =
  | {
      readonly line: number
      readonly cells: Cells
      /** JSON: the columns whose value was a string. Their text is kept whatever it looks like. */
      readonly strings?: ReadonlySet<string>
      /** JSON: arrays of objects, such as the products of an order. */
      readonly lists?: ReadonlyMap<string, readonly unknown[]>
    }
  | { readonly line: number; readonly problem: string }
