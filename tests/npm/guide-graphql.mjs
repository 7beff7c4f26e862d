// `graphql` as the guide and ordinary servers use it.
import { GraphQLEnumType, GraphQLError, GraphQLInt, GraphQLList, GraphQLNonNull, GraphQLObjectType, GraphQLScalarType, GraphQLSchema, GraphQLString, Kind, buildSchema, execute, getIntrospectionQuery, graphql, graphqlSync, parse, print, printSchema, validate, visit } from 'graphql';

let cases = 0;
async function attempt(label, run) {
  cases += 1;
  let outcome;
  try { outcome = JSON.stringify(await run()); } catch (error) { outcome = `${error.name}: ${error.message}`; }
  console.log(`${label} => ${outcome}`);
}

const schema = buildSchema(`
  directive @note(text: String) on FIELD_DEFINITION
  enum Role { ADMIN USER }
  scalar Date
  interface Node { id: ID! }
  type User implements Node { id: ID! name: String email: String role: Role friends(first: Int = 2): [User!]! }
  type Product implements Node { id: ID! name: String @deprecated(reason: "old") price: Float }
  union Found = User | Product
  input NewUser { name: String! email: String role: Role = USER }
  type Query { user(id: ID!): User products: [Product] node(id: ID!): Node search(text: String): [Found] broken: String! today: Date }
  type Mutation { createUser(input: NewUser!): User }
`);
const users = [{ __typename: 'User', id: '1', name: 'Ann', email: 'a@b', role: 'ADMIN' }, { __typename: 'User', id: '2', name: 'Bö', email: null, role: 'USER' }];
for (const user of users) user.friends = ({ first }) => users.slice(0, first);
const root = {
  user: async ({ id }) => users.find((user) => user.id === id),
  products: () => [{ id: 1, name: 'x', price: 1.5 }, { id: 2, name: null, price: () => Promise.resolve(2) }],
  node: ({ id }) => users.find((user) => user.id === id) ?? { __typename: 'Product', id, name: 'p', price: 1 },
  search: () => [users[0], { __typename: 'Product', id: 9, price: 3 }],
  broken: () => { throw new Error('it broke'); },
  today: () => '2026-01-01',
  createUser: ({ input }) => ({ id: '3', ...input, friends: [] }),
};
const ask = (source, variableValues, operationName) => graphql({ schema, source, rootValue: root, variableValues, operationName });

await attempt('variables', () => ask('query Q($id: ID!) { user(id: $id) { id name role } products { price } }', { id: '1' }));
await attempt('alias', () => ask('{ a: user(id: 1) { n: name } b: user(id: 2) { n: name e: email } none: user(id: 5) { name } }'));
await attempt('arguments', () => ask('{ user(id: "1") { friends { name } one: friends(first: 1) { name friends(first: 1) { id } } } }'));
await attempt('fragments', () => ask('query { user(id: 1) { ...F } node(id: 2) { __typename ... on User { name } } search(text: "x") { __typename ... on User { name } ... on Product { price } } } fragment F on User { id name }'));
await attempt('directives', () => ask('query ($yes: Boolean!) { user(id: 1) { id @skip(if: $yes) name @include(if: $yes) } }', { yes: true }));
await attempt('mutation', () => ask('mutation M($input: NewUser!) { createUser(input: $input) { id name role friends { id } } }', { input: { name: 'Cy' } }));
await attempt('operations', () => ask('query A { today } query B { user(id: 1) { id } }', {}, 'B'));
await attempt('typename', () => ask('{ __typename user(id: 1) { __typename } }'));
for (const [label, source, variables] of [
  ['unknown field', '{ nope }'], ['syntax', '{ user('], ['missing argument', '{ user { id } }'], ['leaf', '{ user(id: 1) }'], ['selection of a leaf', '{ today { x } }'], ['null of a non-null', '{ broken }'],
  ['missing variable', 'query ($id: ID!) { user(id: $id) { id } }'], ['wrong variable', 'query ($id: ID!) { user(id: $id) { id } }', { id: {} }], ['unknown fragment', '{ user(id: 1) { ...Nope } }'], ['unused variable', 'query ($a: Int) { today }'],
  ['input', 'mutation { createUser(input: { email: "x" }) { id } }'], ['enum', 'mutation { createUser(input: { name: "x", role: BOSS }) { id } }'], ['operation', 'query A { today } query B { today }'], ['subscription', 'subscription { x }'], ['empty', ''], ['suggestion', '{ users { id } }'],
]) await attempt(label, () => ask(source, variables));
await attempt('introspection', async () => (await ask(getIntrospectionQuery())).data.__schema.types.map((type) => [type.kind, type.name, type.fields?.length]));
await attempt('printed schema', () => printSchema(schema));
await attempt('printed query', () => print(parse('query Q($a:Int=1,$b:[String!]){user(id:$a){...on User@include(if:true){name}}}')));
await attempt('block strings', () => print(parse('{ search(text: """\n  a\n    b "c"\n""") { __typename } }')));
await attempt('visit', () => { const seen = []; visit(parse('{ a { b c } d }'), { Field: { enter: (node) => { seen.push(node.name.value); }, leave: (node) => { seen.push(`/${node.name.value}`); } } }); return seen; });
await attempt('validate', () => validate(schema, parse('{ nope today }')).map((error) => [error.message, error.locations]));

const Odd = new GraphQLScalarType({
  name: 'Odd', serialize: (value) => (value % 2 === 1 ? value : null), parseValue: (value) => { if (value % 2 !== 1) throw new GraphQLError('not odd'); return value; },
  parseLiteral: (node) => (node.kind === Kind.INT ? Number(node.value) : null),
});
const made = new GraphQLSchema({
  query: new GraphQLObjectType({
    name: 'Query',
    fields: () => ({
      add: { type: GraphQLInt, args: { a: { type: new GraphQLNonNull(GraphQLInt) }, b: { type: GraphQLInt, defaultValue: 10 } }, resolve: (_, { a, b }) => a + b },
      odd: { type: Odd, args: { value: { type: Odd } }, resolve: (_, { value }) => value },
      color: { type: new GraphQLEnumType({ name: 'Color', values: { RED: { value: 0 }, BLUE: { value: 5 } } }), resolve: () => 5 },
      list: { type: new GraphQLList(GraphQLString), resolve: (source, args, context) => [context.name, null, 'b'] },
      fails: { type: GraphQLString, resolve: () => { throw new GraphQLError('refused', { extensions: { code: 'FORBIDDEN' } }); } },
    }),
  }),
});
const of = (source, variableValues) => graphqlSync({ schema: made, source, variableValues, contextValue: { name: 'context' } });
for (const [source, variables] of [['{ add(a: 1) x: add(a: 2, b: 3) }'], ['{ odd(value: 3) color list }'], ['query ($v: Odd) { odd(value: $v) }', { v: 4 }], ['{ fails add(a: 1) }'], ['{ add(a: 1.5) }'], ['{ add(a: 99999999999) }']]) await attempt(source, () => of(source, variables));
await attempt('execute', () => execute({ schema: made, document: parse('{ add(a: 5) }') }));
console.log(`${cases} cases`);
