export function mapSet(n) {
  const byNumber = new Map();
  const byName = new Map();
  const seen = new Set();
  for (let i = 0; i < n; i++) {
    byNumber.set(i, i * 2);
    const name = 'key' + (i % 1000);
    byName.set(name, (byName.get(name) ?? 0) + i);
    seen.add(i % 777);
  }
  let sum = 0;
  for (let i = 0; i < n; i += 3) if (byNumber.has(i)) sum += byNumber.get(i);
  for (const [, value] of byName) sum += value;
  for (const value of seen) sum += value;
  byName.forEach((value, name) => {
    sum += name.length;
  });
  return sum;
}

export function dictionary(n) {
  const counts = {};
  const names = ['red', 'green', 'blue', 'cyan', 'black'];
  for (let i = 0; i < n; i++) {
    const name = names[i % 5];
    counts[name] = (counts[name] || 0) + 1;
  }
  const many = {};
  for (let i = 0; i < n / 10; i++) many['k' + (i % 500)] = i;
  let sum = 0;
  for (const key in many) sum += many[key];
  for (const [key, value] of Object.entries(counts)) sum += key.length * value;
  return sum + Object.keys(many).length;
}

export function records(n) {
  const people = [];
  for (let i = 0; i < n; i++) people.push({ id: i, name: 'n' + (i % 10), age: i % 80 });
  const older = people.map((p) => ({ ...p, age: p.age + 1, senior: p.age > 65 }));
  let seniors = 0;
  for (const { senior, age } of older) if (senior) seniors += age;
  const grouped = older.reduce((groups, p) => {
    (groups[p.name] ||= []).push(p);
    return groups;
  }, {});
  return `${seniors}/${Object.keys(grouped).length}/${grouped.n3.length}`;
}
