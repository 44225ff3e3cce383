/** Imports point one way: engine <- schema <- platform <- {server, workers} <- composition roots, tools, tests. */
const notTests = '\\.(test|contract)\\.ts$'

module.exports = {
  forbidden: [
    {
      name: 'engine-imports-nothing-but-itself',
      comment: 'The mathematics is pure: no packages, no platform, not even node.',
      severity: 'error',
      from: { path: '^engine/', pathNot: notTests },
      to: { pathNot: '^engine/' },
    },
    {
      name: 'schema-imports-engine-at-most',
      severity: 'error',
      from: { path: '^schema/', pathNot: notTests },
      to: { path: '^(platform|server|workers|start|tools|bench|test|packages|client-examples|console)/' },
    },
    {
      name: 'platform-imports-engine-and-schema-at-most',
      severity: 'error',
      from: { path: '^platform/', pathNot: notTests },
      to: { path: '^(server|workers|start|tools|bench|test|packages|client-examples|console)/' },
    },
    {
      name: 'server-and-workers-meet-in-schema',
      severity: 'error',
      from: { path: '^(server|workers)/', pathNot: notTests },
      to: { path: '^(server|workers|start|tools|bench|test)/', pathNot: '^$1/' },
    },
    {
      name: 'only-composition-roots-know-the-adapters',
      comment: 'Everything else works on the ports.',
      severity: 'error',
      from: { path: '^(server|workers)/', pathNot: ['(^|/)main\\.ts$', notTests] },
      to: { path: '^platform/(embedded|kafka|cassandra)/' },
    },
    {
      name: 'clients-import-no-server-code',
      severity: 'error',
      from: { path: '^(packages|client-examples|console)/', pathNot: [notTests, '^packages/\\w+/test/'] },
      to: { path: '^(engine|schema|platform|server|workers|start|tools|bench|test)/' },
    },
    {
      name: 'no-cycles',
      comment: 'Types too.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-dev-dependencies-in-the-product',
      severity: 'error',
      from: { path: '^(engine|schema|platform|server|workers|start)/', pathNot: notTests },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|coverage|generated)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default'] },
  },
}
