/** Minimal styles that inherit those of the page; all elements have a `part`. */
export const styles = `
:host { display: block; color: inherit; font: inherit; }
:host([hidden]) { display: none; }
[part='list'] { display: grid; grid-template-columns: repeat(auto-fill, minmax(10rem, 1fr)); gap: 1rem; margin: 0; padding: 0; list-style: none; }
[part='list']:focus { outline: none; }
[part='item'] { display: flex; flex-direction: column; min-width: 0; }
[part='link'] { color: inherit; overflow-wrap: anywhere; }
[part='image'] { max-width: 100%; height: auto; aspect-ratio: 1; object-fit: contain; }
[part='price'], [part='reason'] { margin: 0; }
[part='reason'] { font-size: 0.875em; }
[part='waiting'] { font: inherit; margin-block-end: 0.5rem; }
[part='status'] { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
[hidden] { display: none !important; }
`
