import { quote } from '../../services/quotes';

export default async function (request, response) {
  return await quote({ id: request.query.id, items: { apple: 3, pear: 1, plum: 7 } });
}
