/** The assortment of the demo shop. All names are invented, also those of brands. */
export interface Kind {
  readonly name: string
  /** Price of an average item of this kind. */
  readonly price: number
  /** Materials or other distinguishing words for titles. */
  readonly materials: readonly string[]
  /** Kinds that are bought together with it. */
  readonly goesWith: readonly string[]
}

export interface Department {
  readonly name: string
  readonly kinds: readonly Kind[]
}

export interface Style {
  readonly name: string
  readonly adjectives: readonly string[]
  readonly priceFactor: number
}

export const styles: readonly Style[] = [
  { name: 'everyday', adjectives: ['Everyday', 'Simple', 'Easy', 'Plain'], priceFactor: 0.7 },
  { name: 'heritage', adjectives: ['Classic', 'Heritage', 'Old Town', 'Handmade'], priceFactor: 1.15 },
  { name: 'light', adjectives: ['Featherlight', 'Slim', 'Compact', 'Airy'], priceFactor: 1.4 },
  { name: 'professional', adjectives: ['Expert', 'Workshop', 'Expedition', 'Master'], priceFactor: 1.9 },
]

export const brands: readonly string[] = [
  'Tarnfield',
  'Brackenlight',
  'Haldane & Fell',
  'Lumo Ridge',
  'Pellworth',
  'Kestrelby',
  'Saltmarsh Works',
  'Quillhaven',
  'Emberly Lane',
  'Wrenfold',
  'Mossgate',
  'Veldera',
  'Birchmark',
  'Thistle & Rook',
  'Clayburn',
  'Fjordling',
]

const kind = (name: string, price: number, materials: string, ...goesWith: string[]): Kind => ({
  name,
  price,
  materials: materials.split('|'),
  goesWith,
})

export const departments: readonly Department[] = [
  {
    name: 'Camping',
    kinds: [
      kind('Tent', 260, 'Canvas|Ripstop|Silnylon', 'Sleeping Bag', 'Sleeping Mat', 'Tent Pegs'),
      kind('Sleeping Bag', 140, 'Down|Fleece|Ripstop', 'Sleeping Mat', 'Camp Pillow'),
      kind('Sleeping Mat', 70, 'Foam|Insulated|Self-Inflating', 'Sleeping Bag', 'Camp Pillow'),
      kind('Camp Pillow', 22, 'Down|Fleece|Inflatable', 'Sleeping Bag'),
      kind('Tent Pegs', 14, 'Aluminium|Steel|Titanium', 'Tent', 'Tarp'),
      kind('Tarp', 60, 'Canvas|Ripstop|Silnylon', 'Tent Pegs', 'Hammock'),
      kind('Hammock', 75, 'Cotton|Ripstop|Mesh', 'Tarp'),
    ],
  },
  {
    name: 'Hiking',
    kinds: [
      kind('Hiking Boots', 150, 'Leather|Suede|Waterproof', 'Wool Socks', 'Boot Wax'),
      kind('Wool Socks', 18, 'Merino|Alpaca|Lambswool', 'Hiking Boots'),
      kind('Boot Wax', 11, 'Beeswax|Lanolin|Natural', 'Hiking Boots'),
      kind('Trekking Poles', 80, 'Carbon|Aluminium|Cork-Grip', 'Daypack'),
      kind('Daypack', 95, 'Canvas|Ripstop|Waxed Cotton', 'Water Bottle', 'Rain Cover'),
      kind('Rain Cover', 24, 'Ripstop|Reflective|Silnylon', 'Daypack'),
      kind('Map Case', 20, 'Canvas|Leather|Waterproof', 'Compass'),
      kind('Compass', 35, 'Brass|Aluminium|Mirror', 'Map Case'),
    ],
  },
  {
    name: 'Climbing',
    kinds: [
      kind('Climbing Rope', 160, 'Dry-Treated|Braided|Dynamic', 'Carabiner Set', 'Rope Bag'),
      kind('Rope Bag', 38, 'Canvas|Ripstop|Recycled', 'Climbing Rope'),
      kind('Carabiner Set', 48, 'Aluminium|Steel|Screwgate', 'Climbing Harness', 'Sling'),
      kind('Climbing Harness', 75, 'Padded|Mesh|Webbing', 'Belay Device', 'Chalk Bag'),
      kind('Belay Device', 42, 'Aluminium|Steel|Assisted', 'Climbing Harness', 'Climbing Rope'),
      kind('Chalk Bag', 20, 'Suede|Canvas|Fleece', 'Climbing Shoes'),
      kind('Climbing Shoes', 115, 'Suede|Leather|Velcro', 'Chalk Bag'),
      kind('Sling', 12, 'Dyneema|Nylon|Webbing', 'Carabiner Set'),
    ],
  },
  {
    name: 'Cycling',
    kinds: [
      kind('Bike Helmet', 85, 'Reflective|Vented|Matte', 'Bike Light Set', 'Cycling Gloves'),
      kind('Bike Light Set', 45, 'Alloy|Rechargeable|Magnetic', 'Bike Lock'),
      kind('Bike Lock', 55, 'Steel|Chain|Folding', 'Bike Light Set'),
      kind('Pannier Bag', 90, 'Canvas|Waxed Cotton|Waterproof', 'Bike Rack'),
      kind('Bike Rack', 50, 'Alloy|Steel|Oak', 'Pannier Bag'),
      kind('Cycling Gloves', 28, 'Leather|Mesh|Crochet', 'Bike Helmet'),
      kind('Floor Pump', 40, 'Steel|Alloy|Brass', 'Tyre Repair Kit'),
      kind('Tyre Repair Kit', 13, 'Tin-Boxed|Tubeless|Glueless', 'Floor Pump'),
    ],
  },
  {
    name: 'Running',
    kinds: [
      kind('Running Shoes', 125, 'Mesh|Knitted|Trail', 'Running Socks', 'Running Shorts'),
      kind('Running Socks', 14, 'Merino|Bamboo|Cushioned', 'Running Shoes'),
      kind('Running Shorts', 36, 'Mesh|Lined|Recycled', 'Running Shirt'),
      kind('Running Shirt', 34, 'Merino|Bamboo|Mesh', 'Running Shorts'),
      kind('Hydration Vest', 95, 'Mesh|Ripstop|Reflective', 'Soft Flask'),
      kind('Soft Flask', 17, 'Insulated|Wide-Neck|Collapsible', 'Hydration Vest'),
      kind('Running Cap', 23, 'Mesh|Merino|Reflective', 'Running Shirt'),
    ],
  },
  {
    name: 'Camp Kitchen',
    kinds: [
      kind('Gas Stove', 65, 'Titanium|Steel|Brass', 'Cooking Pot Set', 'Windshield'),
      kind('Cooking Pot Set', 58, 'Titanium|Enamel|Steel', 'Gas Stove', 'Camp Cutlery'),
      kind('Camp Cutlery', 16, 'Titanium|Beech|Steel', 'Camp Mug'),
      kind('Camp Mug', 15, 'Enamel|Titanium|Steel', 'Camp Cutlery', 'Coffee Dripper'),
      kind('Windshield', 18, 'Aluminium|Folding|Steel', 'Gas Stove'),
      kind('Cool Box', 85, 'Insulated|Steel|Canvas', 'Water Bottle'),
      kind('Water Bottle', 26, 'Steel|Glass|Insulated', 'Daypack'),
    ],
  },
  {
    name: 'Coffee & Tea',
    kinds: [
      kind('Espresso Maker', 120, 'Steel|Copper|Aluminium', 'Coffee Grinder', 'Coffee Beans', 'Milk Jug'),
      kind('Coffee Grinder', 90, 'Steel|Walnut|Ceramic', 'Coffee Beans', 'Coffee Scale'),
      kind('Coffee Beans', 14, 'Dark Roast|Light Roast|Decaf', 'Coffee Grinder', 'Paper Filters'),
      kind('Coffee Dripper', 28, 'Ceramic|Glass|Copper', 'Paper Filters', 'Coffee Scale'),
      kind('Paper Filters', 7, 'Bleached|Natural|Bamboo', 'Coffee Dripper'),
      kind('Milk Jug', 19, 'Ceramic|Steel|Copper', 'Espresso Maker'),
      kind('Coffee Scale', 42, 'Glass|Steel|Bamboo', 'Coffee Dripper'),
      kind('Teapot', 48, 'Cast Iron|Glass|Stoneware', 'Loose Leaf Tea'),
      kind('Loose Leaf Tea', 12, 'Green|Black|Herbal', 'Teapot'),
    ],
  },
  {
    name: 'Kitchen',
    kinds: [
      kind("Chef's Knife", 95, 'Carbon Steel|Damascus|Stainless', 'Chopping Board', 'Whetstone'),
      kind('Chopping Board', 44, 'Walnut|Oak|Bamboo', "Chef's Knife"),
      kind('Whetstone', 36, 'Fine-Grit|Two-Sided|Ceramic', "Chef's Knife"),
      kind('Frying Pan', 70, 'Cast Iron|Carbon Steel|Copper', 'Spatula'),
      kind('Spatula', 13, 'Beech|Silicone|Steel', 'Frying Pan'),
      kind('Casserole', 135, 'Cast Iron|Stoneware|Enamel', 'Trivet'),
      kind('Trivet', 15, 'Cork|Cast Iron|Walnut', 'Casserole'),
      kind('Mixing Bowl', 29, 'Stoneware|Steel|Glass', 'Spatula'),
    ],
  },
  {
    name: 'Garden',
    kinds: [
      kind('Garden Spade', 48, 'Ash|Forged Steel|Stainless', 'Garden Gloves'),
      kind('Garden Gloves', 16, 'Leather|Cotton|Bamboo', 'Hand Trowel'),
      kind('Hand Trowel', 18, 'Forged Steel|Copper|Ash', 'Seed Tin', 'Plant Pot'),
      kind('Plant Pot', 21, 'Terracotta|Zinc|Stoneware', 'Potting Bench', 'Hand Trowel'),
      kind('Watering Can', 38, 'Zinc|Copper|Enamel', 'Plant Pot'),
      kind('Seed Tin', 12, 'Enamel|Zinc|Painted', 'Hand Trowel'),
      kind('Pruning Shears', 34, 'Forged Steel|Carbon Steel|Bypass', 'Garden Gloves'),
      kind('Potting Bench', 190, 'Acacia|Pine|Zinc-Topped', 'Plant Pot'),
    ],
  },
  {
    name: 'Desk',
    kinds: [
      kind('Notebook', 17, 'Linen|Leather|Dotted', 'Fountain Pen', 'Pencil Case'),
      kind('Fountain Pen', 65, 'Brass|Resin|Walnut', 'Bottled Ink', 'Notebook'),
      kind('Bottled Ink', 15, 'Blue-Black|Sepia|Forest Green', 'Fountain Pen'),
      kind('Pencil Case', 22, 'Felt|Leather|Canvas', 'Drawing Pencils'),
      kind('Drawing Pencils', 19, 'Cedar|Graphite|Charcoal', 'Sketchbook'),
      kind('Sketchbook', 24, 'Linen|Kraft|Spiral', 'Drawing Pencils'),
      kind('Desk Organizer', 39, 'Oak|Felt|Brass', 'Desk Mat'),
      kind('Desk Mat', 45, 'Felt|Leather|Cork', 'Desk Organizer'),
    ],
  },
  {
    name: 'Lighting',
    kinds: [
      kind('Desk Lamp', 85, 'Brass|Steel|Oak', 'LED Bulb'),
      kind('Floor Lamp', 170, 'Brass|Rattan|Linen', 'LED Bulb'),
      kind('Pendant Lamp', 120, 'Opal Glass|Rattan|Copper', 'LED Bulb'),
      kind('LED Bulb', 9, 'Warm|Dimmable|Amber Glass', 'Desk Lamp'),
      kind('Head Torch', 46, 'Rechargeable|Waterproof|Dual-Beam', 'Lantern'),
      kind('Lantern', 52, 'Brass|Steel|Rechargeable', 'Tent', 'Head Torch'),
      kind('String Lights', 27, 'Copper|Warm|Solar', 'Lantern'),
    ],
  },
  {
    name: 'Travel',
    kinds: [
      kind('Cabin Suitcase', 160, 'Polycarbonate|Canvas|Aluminium', 'Packing Cubes', 'Luggage Tag'),
      kind('Packing Cubes', 32, 'Ripstop|Mesh|Recycled', 'Cabin Suitcase'),
      kind('Luggage Tag', 12, 'Leather|Brass|Felt', 'Cabin Suitcase'),
      kind('Weekend Bag', 130, 'Leather|Canvas|Waxed Cotton', 'Wash Bag'),
      kind('Wash Bag', 34, 'Leather|Canvas|Ripstop', 'Weekend Bag'),
      kind('Travel Wallet', 42, 'Leather|Waxed Cotton|Felt', 'Luggage Tag'),
      kind('Neck Pillow', 26, 'Memory Foam|Fleece|Inflatable', 'Travel Wallet'),
    ],
  },
]
