/**
 * What item-picture.tsx draws: parts separated by `|`, each a color letter and an SVG path or `@x y radius`.
 * On a field of 100 × 100, standing on y = 83.
 */
export const drawings: Readonly<Record<string, string>> = {
  backpack:
    'b M38 26c0-12 24-12 24 0l-4 2c0-7-16-7-16 0Z|a M30 40c0-22 40-22 40 0v38q0 5-5 5H35q-5 0-5-5Z|c M36 56h28v20q0 3-3 3H39q-3 0-3-3Z|b M30 44h40v5H30Z|d M46 44h8v12h-8Z|s M40 64h20',
  bag: 'b M36 42c0-22 28-22 28 0h-5c0-14-18-14-18 0Z|a M18 42h64l-4 36q0 5-6 5H28q-6 0-6-5Z|c M19 50h62l-1 7H20Z|d M45 47h10v14H45Z|s M27 63v14M73 63v14',
  beans:
    'a M30 30h40l5 53H25Z|b M30 30l4-12h32l4 12Z|c M34 46h32v22H34Z|d M50 50c9 2 9 12 0 14c-9-2-9-12 0-14Z|s M50 51c-3 4 3 8 0 12|s M36 24h28',
  bench:
    'a M14 42h72v8H14Z|b M20 50h6v33h-6ZM74 50h6v33h-6Z|c M22 64h56v6H22Z|b M16 24h68v5H16Z|a M20 29h4v13h-4ZM76 29h4v13h-4Z|d M34 31h12l-2 11h-8Z|d @60 38 4',
  board:
    'a M24 30h52q5 0 5 5v38q0 5-5 5H24q-5 0-5-5V35q0-5 5-5Z|c M24 36h52v4H24ZM24 52h52v4H24ZM24 68h52v4H24Z|b @70 34 3.4|d M30 42h16v22H30Z',
  book: 'b M28 22h48q3 0 3 3v55q0 3-3 3H28Z|c M26 76h50v5H26Z|a M24 20h46q4 0 4 4v50H28q-4 0-4 4Z|d M38 34h24v14H38Z|s M31 20v54|b M60 20h6v62l-3-4-3 4Z',
  boot: 'a M34 20h22v30l22 10q6 3 6 12v4H32Z|b M30 76h54v7H30Z|c M34 20h22v8H34Z|s M44 36h14M44 43h15M47 50h15|d M54 50l6-6 4 8-6 4Z',
  bottle:
    'a M38 40q0-8 5-12h14q5 4 5 12v38q0 5-5 5H43q-5 0-5-5Z|b M42 16h16v12H42Z|c M43 42h5v34h-5Z|d M38 52h24v14H38Z',
  bowl: 'a M16 46h68c0 22-14 34-26 34H42c-12 0-26-12-26-34Z|b M40 80h20v3H40Z|c M16 46h68v6H17Z|d M68 20l6 3-18 28-8-4Z',
  bulb: 'a M50 18c20 0 28 22 14 36c-3 4-4 6-4 10H40c0-4-1-6-4-10C22 40 30 18 50 18Z|b M41 66h18v5H41ZM42 73h16v5H42ZM46 79h8v4h-8Z|c M40 28c4-4 8-5 12-5l-2 5c-6 1-8 5-9 9l-4-1Z|s M44 62V46l6 5 6-5v16',
  cap: 'a M22 62c0-34 50-38 52-4v4Z|b M70 58c12 0 18 4 18 8-14 2-40 0-64-2l-2-6Z|c M46 36c8 6 10 14 10 22h-5c0-8-3-14-9-20Z|d @48 35 3',
  carabiner:
    'b M40 20c18-8 34 6 30 24L60 74c-6 16-30 12-28-8V34c0-6 3-11 8-14Zm4 8c-4 2-5 4-5 8v30c0 10 12 12 15 3l9-28c3-11-8-18-19-13Z|a M36 18c18-8 34 6 30 24L56 72c-6 16-30 12-28-8V32c0-6 3-11 8-14Zm4 8c-4 2-5 4-5 8v30c0 10 12 12 15 3l9-28c3-11-8-18-19-13Z|d M27 38h9v22h-9Z|c M27 42h9v3h-9Z',
  compass:
    'b @50 54 29|a @50 52 28|c @50 52 22|d M50 34 56 52H44Z|b M50 70 44 52h12Z|b M45 18h10v8H45Z|s M50 32v3M50 69v3M30 52h3M67 52h3',
  cubes:
    'a M18 52h38v31H18Z|c M18 52h38v6H18Z|d M46 36h38v47H58V50H46Z|b M34 28h32v22H34Z|s M24 66h26M64 62h14M40 38h20',
  cutlery:
    'a M34 18h3v18h3V18h3v18h3V18h3v22q0 6-5 8v35h-6V48q-4-2-4-8Z|b M60 18c12 6 12 28 2 34v31h-6V18Z|c M57 24h2v26h-2Z|d M38 60h6v8h-6ZM56 60h6v8h-6Z',
  deskLamp:
    'b M28 76h36q3 0 3 7H25q0-7 3-7Z|s M46 76 34 50 58 30|a M52 16l26 20-14 4-8 10Z|c M56 49l8-8c5 3 2 11-4 11Z|d @34 50 4|d @46 76 3',
  dripper:
    'a M28 26h44L58 56H42Z|c M28 26h44l-2 6H30Z|b M34 56h32v5H34Z|d M40 61h20l6 18q0 4-4 4H38q-4 0-4-4Z|s M72 30c10 0 9 14-5 14',
  floorLamp: 'b M36 79h28v4H36Z|s M50 80V38|a M36 16h28l10 26H26Z|c M38 16h6l-6 26h-8Z|d @60 48 2|s M60 42v5',
  gloves:
    'a M30 40V24c0-5 6-5 6 0v-4c0-5 7-5 7 0v2c0-5 7-5 7 0v4c0-5 6-4 6 0v24l7-6c5-3 9 1 6 5L56 66v8H34l-4-20Z|b M33 70h24v13H33Z|c M33 70h24v4H33Z|d M38 44h10v10H38Z',
  grinder:
    'b M34 42h32l4 36q0 5-5 5H35q-5 0-5-5Z|a M32 30c0-12 36-12 36 0v12H32Z|s M50 21v-6h24|d @75 15 4|c M38 62h24v12H38Z|b @50 68 2.4|c M32 36h36v6H32Z',
  hammock:
    'b M8 20h6v63H8ZM86 20h6v63h-6Z|a M12 30c14 46 62 46 76 0c-8 64-68 64-76 0Z|c M16 42c14 36 54 36 68 0l-2 8c-14 34-50 34-64 0Z|d M24 58c6 10 12 14 18 16l-3 4c-8-3-14-8-17-14Z',
  harness:
    'b M22 36h56v10H22Z|a M26 46c-6 34 20 40 20 22V46ZM74 46c6 34-20 40-20 22V46Z|c M33 50c-2 16 6 20 7 14V50ZM67 50c2 16-6 20-7 14V50Z|d M45 32h10v18H45Z|s M50 50v14',
  helmet:
    'a M14 62c0-52 66-52 72-6l-4 10H20Z|b M18 66h62q-2 8-12 8H34q-12 0-16-8Z|c M30 50c2-12 12-18 20-19l-1 6c-7 2-12 6-13 13ZM50 50c0-8 6-14 14-14l-1 5c-4 1-7 4-7 9Z|s M28 74c2 12 16 12 20 0',
  jug: 'a M34 26h34l4 50q0 7-6 7H36q-6 0-6-7Z|b M34 26l-8-4 10-4h32v8Z|s M70 36c18-2 18 32 2 30|c M36 34h6l-1 42h-6Z|d M30 60h41l1 8H30Z',
  knife:
    'a M52 12c16 12 18 34 14 48H52Z|c M55 20c8 10 10 22 9 36h-9Z|b M50 60h17v5H50Z|d M52 65h12v16q0 4-6 4t-6-4Z|s M58 70v1M58 77v1',
  lantern:
    's M36 32c0-22 28-22 28 0|b M32 32h36v8H32ZM30 74h40v9H30Z|c M35 40h30v34H35Z|d M50 46c10 10 8 24 0 24s-10-14 0-24Z|a M33 40h5v34h-5ZM62 40h5v34h-5Z',
  lock: 's M34 46V34c0-22 32-22 32 0v12|a M28 46h44v30q0 7-7 7H35q-7 0-7-7Z|c M28 46h44v6H28Z|d @50 64 5|d M48 64h4v11h-4Z',
  map: 'a M16 30l22-8v50l-22 8Z|c M38 22l24 8v50l-24-8Z|b M62 30l22-8v50l-22 8Z|s M22 62c10-20 20 4 32-14 8-10 14 0 22-12|d M70 36c-8 0-8-12 0-12s8 12 0 12Zm-5-3h10l-5 10Z',
  moka: 'b M32 56h36l6 27H26Z|a M34 26h32l-6 30H40Z|c M38 30h5l3 24h-4Z|b M34 26l16-9 16 9Z|d @50 16 3.4|s M66 32h12l-4 26|d M32 54h36v5H32Z',
  mug: 'a M24 34h42v40q0 9-9 9H33q-9 0-9-9Z|c M24 34h42v6H24Z|s M66 44c18-3 18 26 0 24|d M24 54h42v9H24Z|s M38 28c-4-5 4-7 0-13M52 28c-4-5 4-7 0-13',
  organizer:
    'd M32 22h5v34h-5Z|a M44 16h5v40h-5Z|b M55 24l6-2 4 32h-6Z|a M22 50h56v33H22Z|c M22 50h28v33H22Z|b M22 50h56v5H22Z|d M58 64h12v10H58Z',
  pan: 'b M66 58 92 40l3 5-26 20Z|a M12 50h62q0 22-20 22H32q-20 0-20-22Z|c M12 50h62v6H13Z|d M30 46c4-8 22-8 26 0l-3 3H33Z|b M30 72h26v3H30Z',
  pencils:
    'a M26 40l8-22 8 22v43H26Z|d M44 34l7-18 7 18v49H44Z|b M60 44l7-18 7 18v39H60Z|c M26 40l8-22 8 22q-4-4-8 0t-8 0ZM44 34l7-18 7 18q-3-4-7 0t-7 0ZM60 44l7-18 7 18q-3-4-7 0t-7 0Z',
  pegs: 'a M28 24h12v6h-3v44l-3 9-3-9V30h-3Z|d M45 18h12v6h-3v50l-3 9-3-9V24h-3Z|b M62 24h12v6h-3v44l-3 9-3-9V30h-3Z|c M32 32h2v40h-2ZM49 26h2v46h-2ZM66 32h2v40h-2Z',
  pendant:
    's M50 8v24|b M43 28h14v10H43Z|a M20 68c0-44 60-44 60 0Z|c M28 62c2-12 8-18 16-20l1 4c-6 3-10 8-11 16Z|d M38 68h24c0 14-24 14-24 0Z',
  pen: 'a M62 10l12 8-26 44-12-8Z|b M36 54l12 8-4 8-12-8Z|d M32 62l10 7-16 16Z|c M60 16l4 3-22 37-4-3Z|s M36 73l-9 11|d M68 12l4 3-4 16-3-2Z',
  pillow:
    'a M18 40c-6-12 6-14 14-11 12 4 24 4 36 0 8-3 20-1 14 11-4 10-4 18 0 28 6 12-6 14-14 11-12-4-24-4-36 0-8 3-20 1-14-11 4-10 4-18 0-28Z|c M28 38c14 6 30 6 44 0-2 5-2 6-2 9-14 5-26 5-40 0 0-3 0-5-2-9Z|s M24 36l6 5M76 36l-6 5M24 72l6-5M76 72l-6-5|d @50 56 5',
  plantPot:
    'd M50 52C34 52 22 40 24 26c16 0 26 10 26 26ZM50 48c0-18 10-30 26-32 2 18-8 30-26 32Z|s M50 58V40|b M28 52h44v9H28Z|a M31 61h38l-6 22H37Z|c M36 61h5l4 22h-5Z',
  poles:
    's M34 26 26 82M64 26l8 56|a M30 16h8l-2 18h-8ZM62 16h8l2 18h-8Z|d M24 70h10v4H24ZM66 70h10v4H66Z|b M28 44h5v8h-5ZM67 44h5v8h-5Z|c M31 18h2l-1 14h-2ZM65 18h2l1 14h-2Z',
  pot: 'a M22 44h56v30q0 9-9 9H31q-9 0-9-9Z|b M12 48h10v7H12ZM78 48h10v7H78Z|c M22 44h56v7H22Z|b M20 38h60v6H20Z|a M28 38c2-14 42-14 44 0Z|d M45 18h10v8H45Z',
  pouch:
    'a M28 36h44l4 38q0 9-9 9H33q-9 0-9-9Z|b M28 28h44v10H28Z|c M30 44h7l-2 32h-6Z|s M66 34c14 2 10 16 4 22|d @68 58 4|d M44 52h14v12H44Z',
  pump: 'b M28 77h44v6H28Z|a M44 36h12v41H44Z|s M50 36V20|d M34 14h32v7H34Z|s M56 72c26 0 22-30 10-36|c M46 38h3v37h-3Z|d M44 50h12v8H44Z',
  roll: 'a M26 44h46v36H26Z|b @72 62 18|a @72 62 14|b @72 62 10|c @72 62 6|c M26 44h46v6H26Z|d M34 44h7v36h-7ZM52 44h7v36h-7Z|a M26 44a18 18 0 0 0 0 36Z',
  rope: 'b @50 54 29|a @50 52 28|c @50 52 22|a @50 52 18|b @50 52 11|d M44 20h12v16H44Z|s M34 34c6-5 26-6 32 0M30 44c8-8 32-8 40 0M30 62c8 8 32 8 40 0M34 70c6 5 26 6 32 0',
  scale:
    'b M18 74h64v9H18Z|a M22 56h56l4 18H18Z|c M26 50h48v6H26Z|d M40 62h20v8H40Z|a M40 28h20l4 22H36Z|s M44 66h5M53 66h3',
  shears:
    'a M58 12 48 46l6 4c10-10 12-28 4-38Z|b M42 16l-2 30 10 6c4-12 2-26-8-36Z|d M44 48l8 4-14 30c-3 4-9 1-7-4ZM56 48l-8 4 18 28c4 4 9-1 6-5Z|c @50 49 3.4',
  shirt:
    'a M34 22 14 34l8 16 8-4v37h40V46l8 4 8-16-20-12c-4 8-28 8-32 0Z|c M34 22c4 8 28 8 32 0l4 3c-6 11-34 11-40 0Z|d M30 56h40v8H30Z',
  shoe: 'a M16 44c8 6 14 4 18-4l26 18c14 4 26 4 26 18H14Z|b M12 74h76q0 9-8 9H18q-6 0-6-9Z|c M52 52l8 6c-8 8-22 12-46 12v-6c20 0 32-4 38-12Z|s M38 46l-6 6M44 50l-6 7M50 54l-6 8|d M16 44c4 3 8 4 12 2l-2 12-11 2Z',
  shorts:
    'a M24 28h52l8 50-28 5-6-28-6 28-28-5Z|b M24 26h52v8H24Z|c M24 36l8 0-6 44-8-2Z|s M46 34v8M54 34v8|d M76 44l5 32-6 1-4-32Z',
  socks:
    'a M48 18h20v38l-22 24c-8 8-22-2-16-12l18-18Z|c M48 18h20v9H48Z|d M48 34h20v6H48ZM30 68l8-8 8 19c-10 8-20-4-16-11Z|b M48 44h20v4H48Z',
  spade:
    's M50 18v36|d M36 10h28v8H36Z|a M34 50h32v14c0 12-10 16-16 21-6-5-16-9-16-21Z|c M39 54h5v12c0 5 3 9 6 11-7-3-11-7-11-13Z|b M46 46h8v10h-8Z',
  stove:
    'b M30 60h40l8 23h-8l-5-15H35l-5 15h-8Z|a M36 48h28v14H36Z|s M22 46h56|d M50 22c12 10 8 22 0 22s-12-12 0-22Z|c M50 32c5 5 4 11 0 11s-5-6 0-11Z|c M36 48h28v4H36Z',
  stringLights:
    's M6 24c24 22 62 22 88 0|s M20 34v5M40 40v5M60 40v5M80 34v5|d @20 47 8|a @40 54 8|d @60 54 8|a @80 47 8|c @18 45 2.4|c @38 52 2.4|c @58 52 2.4|c @78 45 2.4',
  suitcase:
    'b M40 12h4v18h-4ZM56 12h4v18h-4ZM40 10h20v5H40Z|a M28 28h44q5 0 5 5v40q0 6-5 6H28q-5 0-5-6V33q0-5 5-5Z|c M34 34h4v38h-4ZM48 34h4v38h-4ZM62 34h4v38h-4Z|b M30 79h8v4h-8ZM62 79h8v4h-8Z|d M23 48h54v8H23Z',
  tag: 's M50 26c-6-20 12-20 8-2|a M38 30l12-8 12 8v47q0 6-6 6H44q-6 0-6-6Z|b @50 33 3.4|c M43 46h14v22H43Z|s M46 53h8M46 60h8',
  tarp: 's M14 83V36M86 83V36|a M6 46 50 16l44 30-44-8Z|b M6 46l44-8v10L14 58ZM94 46l-44-8v10l36 10Z|c M50 16l6 20-6 2-6-2Z|d M46 62h8v21h-8Z',
  teapot:
    'a M26 56c0-24 48-24 48 0c0 16-8 27-16 27H42c-8 0-16-11-16-27Z|b M38 37c2-8 22-8 24 0Z|d @50 28 4|s M28 50C10 44 12 74 30 70|b M72 52c8-2 10-10 16-14l3 4c-6 6-6 20-19 24Z|c M34 50c2-6 6-8 10-9l-2 6c-4 2-4 6-4 12l-4-1Z',
  tent: 'b M50 22 92 83H8Z|a M50 22 78 83H22Z|c M50 22 40 83H22Z|d M50 42 62 83H38Z|s M50 22l3-7M50 22l-3-7',
  tin: 'a M24 40h52v36c0 10-52 10-52 0Z|b M22 34c0-10 56-10 56 0v8c0 10-56 10-56 0Z|c M27 34c4-6 42-6 46 0c-4 6-42 6-46 0Z|d M34 56h32v15c-8 3-24 3-32 0Z|s M40 63h20',
  torch:
    's M18 50c10-30 54-30 64 0|b M14 46h8v24h-8ZM78 46h8v24h-8Z|a M34 40h32q6 0 6 6v24q0 6-6 6H34q-6 0-6-6V46q0-6 6-6Z|d @50 58 13|c @50 58 8|b M44 34h12v6H44Z',
  wallet:
    'b M20 34h56q6 0 6 6v36q0 6-6 6H20Z|a M18 36h56q5 0 5 5v35q0 7-6 7H24q-6 0-6-6Z|c M18 36h56q5 0 5 5v2H18Z|d M62 54h20v13H62Z|b @68 60 2.6|c M26 28h36v8H26Z',
  wateringCan:
    'a M34 42h34l4 41H30Z|s M68 50c18-4 18 26 2 26|b M34 62 14 40l4-4 17 16Z|d M8 38l12-10 3 5-11 10Z|c M36 48h6l-2 32h-6Z|s M38 42c0-18 26-18 28 0',
  windshield:
    'a M14 36l18-8v48l-18 7Z|c M32 28l18 8v47l-18-7Z|a M50 36l18-8v48l-18 7Z|b M68 28l18 8v47l-18-7Z|d M38 50h6v8h-6ZM56 50h6v8h-6Z',
}

/** The first pattern that matches an item's id selects the drawing. */
export const drawingsByWord: readonly (readonly [RegExp, string])[] = [
  [/rope-bag|daypack|vest|backpack|rain-cover/, 'backpack'],
  [/tent-peg/, 'pegs'],
  [/sleeping|desk-mat/, 'roll'],
  [/pillow/, 'pillow'],
  [/tarp/, 'tarp'],
  [/tent/, 'tent'],
  [/hammock/, 'hammock'],
  [/wax|tin\b|repair|tea-|leaf-tea/, 'tin'],
  [/boot/, 'boot'],
  [/sock/, 'socks'],
  [/pole/, 'poles'],
  [/map/, 'map'],
  [/compass/, 'compass'],
  [/rope|sling/, 'rope'],
  [/carabiner|belay/, 'carabiner'],
  [/harness/, 'harness'],
  [/chalk|wash-bag|pencil-case/, 'pouch'],
  [/shoe/, 'shoe'],
  [/helmet/, 'helmet'],
  [/bike-light|torch/, 'torch'],
  [/string-light/, 'stringLights'],
  [/lock/, 'lock'],
  [/bike-rack|bench/, 'bench'],
  [/glove/, 'gloves'],
  [/pump/, 'pump'],
  [/shorts/, 'shorts'],
  [/shirt/, 'shirt'],
  [/flask|bottle-|bottle$/, 'bottle'],
  [/ink/, 'tin'],
  [/cap-|cap$/, 'cap'],
  [/stove/, 'stove'],
  [/teapot/, 'teapot'],
  [/plant-pot/, 'plantPot'],
  [/pot\b|casserole/, 'pot'],
  [/cutlery|spatula/, 'cutlery'],
  [/mug/, 'mug'],
  [/windshield/, 'windshield'],
  [/cool-box|suitcase/, 'suitcase'],
  [/espresso/, 'moka'],
  [/grinder/, 'grinder'],
  [/bean/, 'beans'],
  [/drip|filter/, 'dripper'],
  [/jug/, 'jug'],
  [/scale/, 'scale'],
  [/knife/, 'knife'],
  [/chopping|whetstone|trivet/, 'board'],
  [/pan-|pan$/, 'pan'],
  [/bowl/, 'bowl'],
  [/spade|trowel/, 'spade'],
  [/watering/, 'wateringCan'],
  [/shears/, 'shears'],
  [/notebook|sketchbook/, 'book'],
  [/pen-|pen$/, 'pen'],
  [/pencil/, 'pencils'],
  [/organizer/, 'organizer'],
  [/pendant/, 'pendant'],
  [/desk-lamp/, 'deskLamp'],
  [/floor-lamp/, 'floorLamp'],
  [/bulb/, 'bulb'],
  [/lantern/, 'lantern'],
  [/cubes/, 'cubes'],
  [/tag/, 'tag'],
  [/wallet/, 'wallet'],
  [/bag/, 'bag'],
]
