/** The file cannot be read as a whole: nothing of it is sent. The message says what to do. */
export class FileError extends Error {
  override readonly name: string = 'FileError'
}

/** A value can be read in several ways: the file is refused until an option says which one holds. */
export class OptionNeededError extends Error {
  override readonly name = 'OptionNeededError'
}
