/** Memory of an entry in addition to its text, bytes: the header of the string and its entry in a WeakMap. */
const entryBytes = 100
const bytesMaxDefault = 64 * 2 ** 20

/**
 * Caches the JSON texts of immutable objects, by object: an item is written once per selection of its fields, not once
 * per list that contains it. All plans share one budget in bytes. When it is exceeded, all texts are dropped at once.
 */
export class JsonFragmentCache {
  private bytes = 0
  /** Increases when all texts are dropped. */
  generation = 0

  constructor(private readonly bytesMax = bytesMaxDefault) {}

  note(text: string): void {
    // Strings outside Latin-1 take two bytes per code unit.
    this.bytes += entryBytes + 2 * text.length
    if (this.bytes <= this.bytesMax) return
    this.bytes = 0
    this.generation++
  }

  /** Returns the writer with this cache in front of it. */
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

/** Flattens a concatenated string. Otherwise it would keep all its parts in memory. */
function flatten(text: string): string {
  text.charCodeAt(0)
  return text
}
