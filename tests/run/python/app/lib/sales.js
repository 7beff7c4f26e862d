export async function getSalesData() {
  return { sales: [100, 110, 121], dates: [1, 2, 3] };
}

export const inputData = [{ a: 1, b: 'x' }, { a: 2, b: 'y' }];

export async function queryDatabase() {
  return ['row'];
}
