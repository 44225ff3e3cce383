/** Memory of an entry beyond its text, bytes: the string's header and its place in a WeakMap. */
const entryBytes = 100
const bytesMaxDefault = 64 * 2 ** 20

/**
 * Texts of objects that never change, by the object: an item is written once for each selection of its fields, not once for
 * each list it is in. All plans share one budget in bytes; when it is used up, all texts are dropped at once.
 */
export class JsonFragmentCache {
  private bytes = 0
  /** Rises when all texts are dropped. */
  generation = 0

  constructor(private readonly bytesMax = bytesMaxDefault) {}

  note(text: string): void {
    // Strings outside Latin-1 take two bytes a unit.
    this.bytes += entryBytes + 2 * text.length
    if (this.bytes <= this.bytesMax) return
    this.bytes = 0
    this.generation++
  }

  /** The same writer with a memory. */
  memoize(write: (value: object) => string): (value: object) => string {
    let texts = new WeakMap<object, string>()
    let generation = this.generation
    return (value) => {
      if (generation !== this.generation) {
        texts = new WeakMap()
        generation = this.generation
      }
      const known = texts.get(value)
      if (known !== undefined) return known
      const text = flatten(write(value))
      texts.set(value, text)
      this.note(text)
      return text
    }
  }
}

/** A string that was put together is a tree of its pieces until somebody looks into it: kept, it would keep them all. */
function flatten(text: string): string {
  text.charCodeAt(0)
  return text
}
