import type { Cells, Row } from './rows.ts'

/** The catalog export of a shop system, recognized by its columns. */
export interface KnownCatalog {
  readonly name: string
  /** As in --items-map. */
  readonly map: Readonly<Record<string, string>>
  /** Separator of several categories in one cell, beside `|`. */
  readonly separator?: RegExp
  /** Columns that only the first row of a product has, and the column that identifies the product. */
  readonly product?: { readonly key: string; readonly columns: readonly string[] }
}

const shopifyOnce = ['Title', 'Body (HTML)', 'Vendor', 'Product Category', 'Type', 'Tags', 'Published', 'Status']

const catalogs: readonly (KnownCatalog & { readonly signs: readonly string[] })[] = [
  {
    name: 'Shopify products',
    signs: ['Handle', 'Title', 'Variant Price'],
    map: {
      id: 'Handle',
      title: 'Title',
      description: 'Body (HTML)',
      categories: 'Product Category+Type',
      tags: 'Tags+Vendor',
      price: 'Variant Price',
      imageUrl: 'Image Src',
      available: 'Published+Status',
    },
    separator: /,| > /,
    product: { key: 'Handle', columns: shopifyOnce },
  },
  {
    name: 'WooCommerce products',
    signs: ['ID', 'Name', 'Published', 'In stock?'],
    map: woo(),
    separator: /(?<!\\),| > /,
  },
  {
    name: 'merchant feed',
    signs: ['id', 'title', 'link', 'image_link', 'availability'],
    map: {
      id: 'id',
      title: 'title',
      description: 'description',
      categories: 'product_type+google_product_category',
      tags: 'brand',
      price: 'price',
      imageUrl: 'image_link',
      available: 'availability',
    },
    separator: / > /,
  },
]

function woo(): Record<string, string> {
  return {
    id: 'ID',
    title: 'Name',
    description: 'Description/Short description',
    categories: 'Categories',
    tags: 'Tags',
    price: 'Regular price/Price',
    imageUrl: 'Images',
    available: 'Published+In stock?',
  }
}

/** The known export with these columns; its mapping is reduced to columns in the header. undefined: none */
export function recognizeCatalog(header: readonly string[]): KnownCatalog | undefined {
  const known = catalogs.find(({ signs }) => signs.every((sign) => header.includes(sign)))
  if (!known) return undefined
  const map: Record<string, string> = {}
  for (const [field, text] of Object.entries(known.map)) {
    const mark = text.includes('+') ? '+' : '/'
    const there = text.split(mark).filter((column) => header.includes(column))
    if (there.length > 0) map[field] = there.join(mark)
  }
  return { ...known, map }
}

/**
 * Returns a function that fills the cells of a row with those that only the first row of its product has. To be called
 * with all rows in order.
 */
export function fillProducts({ product }: KnownCatalog): (cells: Cells) => Cells {
  if (!product) return (cells) => cells
  let first: Cells = {}
  return (cells) => {
    const sameProduct = first[product.key] !== undefined && first[product.key] === cells[product.key]
    if (!sameProduct) first = cells
    if (!sameProduct) return cells
    const filled = product.columns.flatMap((column) => (cells[column] === '' ? [[column, first[column] ?? '']] : []))
    return { ...cells, ...Object.fromEntries(filled) }
  }
}

/** Splits a row about several products into one row per product. */
export function expandList(
  row: Row,
  list: string | undefined,
  idColumn: string | undefined,
  flatten: Flatten,
): readonly Row[] {
  if ('problem' in row || list === undefined) return [row]
  const elements = row.lists?.get(list)
  if (!elements) return [row]
  return elements.map((element, n) => {
    const inner = flatten(element as Record<string, unknown>, `${list}.`)
    const id = idColumn === undefined ? undefined : row.cells[idColumn]
    return {
      line: row.line,
      cells: {
        ...row.cells,
        ...Object.fromEntries(inner.cells),
        ...(id !== undefined && elements.length > 1 && { [idColumn!]: `${id}:${n + 1}` }),
      },
      strings: new Set([...(row.strings ?? []), ...inner.strings]),
    }
  })
}

type Flatten = (
  value: Record<string, unknown>,
  prefix: string,
) => { readonly cells: ReadonlyMap<string, string>; readonly strings: ReadonlySet<string> }
