import type { Cells, Row } from './rows.ts'

/** A shop's own export of its catalog, recognized by its columns. */
export interface KnownCatalog {
  readonly name: string
  /** As --items-map takes it. */
  readonly map: Readonly<Record<string, string>>
  /** What separates several categories in one cell, beside a bar. */
  readonly separator?: RegExp
  /** Columns that stand in the first row of a product only, and the column that names the product. */
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

/** The mapping is reduced to columns that are there. */
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
 * Rows of variants and pictures get what stands in their product's first row only.
 * @returns for each row, its cells filled up
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

/** Rows of a message about several products: one row each. */
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
