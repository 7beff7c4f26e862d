import { graphql, buildSchema } from 'graphql';
const schema = buildSchema(`
  type Query { user(id: ID!): User  products: [Product] }
  type User { id: ID name: String email: String }
  type Product { id: ID name: String price: Float }
`);
const root = { user: ({ id }) => ({ id, name: 'Ann', email: 'a@b' }), products: () => [{ id: 1, name: 'x', price: 1.5 }] };
console.log(JSON.stringify(await graphql({ schema, source: 'query Q($id: ID!) { user(id: $id) { id name } products { price } }', rootValue: root, variableValues: { id: '5' } })));
console.log(JSON.stringify(await graphql({ schema, source: '{ nope }', rootValue: root })));
console.log(JSON.stringify(await graphql({ schema, source: '{ user(', rootValue: root })));
console.log('1 cases');
