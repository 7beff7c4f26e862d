// With `only` somewhere, the rest of the file does not run.
const seen = [];

beforeAll(() => seen.push('beforeAll'));

describe('others', () => {
  beforeAll(() => seen.push('not run'));
  test('is left out', () => expect(1).toBe(2));
});

describe('some', () => {
  beforeEach(() => seen.push('outer'));
  test('is left out', () => expect(1).toBe(2));
  describe.only('chosen', () => {
    beforeEach(() => seen.push('inner'));
    afterEach(() => seen.push('after'));
    test('runs', () => seen.push('test'));
    test.skip('is skipped', () => expect(1).toBe(2));
    test.todo('is to do');
    test.skipIf(true)('is skipped if', () => expect(1).toBe(2));
    test.skipIf(false)('is not skipped if', () => {});
  });
  test.only('also runs, and sees what has run', () => {
    expect(seen).toEqual(['beforeAll', 'outer', 'inner', 'test', 'after', 'outer', 'inner', 'after', 'outer']);
  });
});
