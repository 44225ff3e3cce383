/** The genres of the media demo. All titles are invented. */
export interface Genre {
  readonly name: string
  readonly kind: 'film' | 'article'
  /** Patterns of titles: {a} an adjective, {n} a noun, {p} a place. */
  readonly patterns: readonly string[]
  readonly adjectives: readonly string[]
  readonly nouns: readonly string[]
  /** Genres that the same people like. */
  readonly near: readonly string[]
}

const film = (name: string, adjectives: string, nouns: string, ...near: string[]): Genre => ({
  name,
  kind: 'film',
  patterns: ['The {a} {n}', '{n} of {p}', 'The Last {n} in {p}', '{a} {n}', 'A {n} for {p}'],
  adjectives: adjectives.split('|'),
  nouns: nouns.split('|'),
  near,
})

const article = (name: string, adjectives: string, nouns: string, ...near: string[]): Genre => ({
  name,
  kind: 'article',
  patterns: ['How {p} Found Its {n}', 'What the {n} Tells Us', 'In Praise of the {a} {n}', 'The {n} of {p}, Explained'],
  adjectives: adjectives.split('|'),
  nouns: nouns.split('|'),
  near,
})

export const places: readonly string[] = [
  'Tarnfield',
  'Lumo Ridge',
  'Saltmarsh',
  'Quillhaven',
  'Mossgate',
  'Veldera',
  'Kestrelby',
  'Birchmark',
  'Pellworth',
  'Fjordling',
  'Emberly',
  'Clayburn',
]

export const genres: readonly Genre[] = [
  film('Drama', 'Quiet|Borrowed|Unsent|Patient', 'Daughter|Letter|Winter|Harbor|Promise|Orchard', 'Romance', 'History'),
  film('Comedy', 'Accidental|Reluctant|Cheerful|Second', 'Mayor|Wedding|Landlord|Magician|Holiday|Neighbor', 'Romance'),
  film('Thriller', 'Silent|Locked|Double|Cold', 'Witness|Signal|Passenger|Alibi|Corridor|Ledger', 'Science Fiction'),
  film('Science Fiction', 'Orbital|Distant|Synthetic|Seventh', 'Colony|Echo|Garden|Engine|Horizon|Archive', 'Thriller'),
  film('Romance', 'Late|Secret|Summer|Unlikely', 'Dance|Platform|Recipe|Lighthouse|Rain|Melody', 'Drama', 'Comedy'),
  film(
    'Documentary',
    'Hidden|Living|Vanishing|Restless',
    'River|Workshop|Migration|Glacier|Market|Forest',
    'Nature',
    'History',
  ),
  article('Nature', 'Wild|Slow|Humble|Ancient', 'Moss|Owl|Meadow|Tide|Beetle|Hedgerow', 'Documentary', 'Science'),
  article(
    'Science',
    'Curious|Tiny|Stubborn|Elegant',
    'Neutrino|Enzyme|Telescope|Theorem|Fossil|Battery',
    'Technology',
    'Nature',
  ),
  article(
    'Technology',
    'Open|Small|Forgotten|Careful',
    'Compiler|Network|Keyboard|Protocol|Sensor|Database',
    'Science',
  ),
  article('Food', 'Sour|Simple|Smoked|Golden', 'Dumpling|Loaf|Broth|Pickle|Pancake|Cheese', 'Travel'),
  article('Travel', 'Night|Narrow|Winding|Early', 'Train|Ferry|Footpath|Border|Island|Bazaar', 'Food', 'History'),
  article('History', 'Lost|Royal|Common|Paper', 'Map|Canal|Revolt|Library|Coin|Bridge', 'Travel', 'Documentary'),
]
