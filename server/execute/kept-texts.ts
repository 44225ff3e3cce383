/**
 * Texts of objects that never change, by the object: an item is written once for each selection of its fields, not once for
 * each list it is in. All plans share one budget; when it is used up, everything is forgotten at once.
 */
export class KeptTexts {
  readonly #charactersMax: number
  #characters = 0
  /** Rises when everything is forgotten. */
  generation = 0

  constructor(charactersMax = 32 * 2 ** 20) {
    this.#charactersMax = charactersMax
  }

  note(text: string): void {
    this.#characters += text.length
    if (this.#characters <= this.#charactersMax) return
    this.#characters = 0
    this.generation++
  }

  /** The same writer with a memory. */
  keeping(write: (value: object) => string): (value: object) => string {
    let texts = new WeakMap<object, string>()
    let generation = this.generation
    return (value) => {
      if (generation !== this.generation) {
        texts = new WeakMap()
        generation = this.generation
      }
      const known = texts.get(value)
      if (known !== undefined) return known
      const text = flat(write(value))
      texts.set(value, text)
      this.note(text)
      return text
    }
  }
}

/** A string that was put together is a tree of its pieces until somebody looks into it: kept, it would keep them all. */
function flat(text: string): string {
  text.charCodeAt(0)
  return text
}
