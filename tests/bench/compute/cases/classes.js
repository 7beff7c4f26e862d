class Vec {
  constructor(x, y, z) {
    this.x = x;
    this.y = y;
    this.z = z;
  }
  add(o) {
    return new Vec(this.x + o.x, this.y + o.y, this.z + o.z);
  }
  scale(k) {
    return new Vec(this.x * k, this.y * k, this.z * k);
  }
  dot(o) {
    return this.x * o.x + this.y * o.y + this.z * o.z;
  }
}

export function vectors(n) {
  let position = new Vec(0, 0, 0);
  const velocity = new Vec(0.5, 0.25, 0.125);
  let energy = 0;
  for (let i = 0; i < n; i++) {
    position = position.add(velocity.scale(0.01));
    energy += position.dot(velocity);
  }
  return energy.toFixed(6);
}

function grow(depth) {
  return depth === 0 ? { left: null, right: null } : { left: grow(depth - 1), right: grow(depth - 1) };
}

function count(tree) {
  return tree.left === null ? 1 : 1 + count(tree.left) + count(tree.right);
}

export function trees(depth) {
  return count(grow(depth));
}

class Shape {
  #name;
  constructor(name) {
    this.#name = name;
  }
  get name() {
    return this.#name;
  }
  area() {
    return 0;
  }
}

class Square extends Shape {
  constructor(side) {
    super('square');
    this.side = side;
  }
  area() {
    return this.side * this.side;
  }
}

class Circle extends Shape {
  constructor(radius) {
    super('circle');
    this.radius = radius;
  }
  area() {
    return 3 * this.radius * this.radius;
  }
}

export function shapes(n) {
  const all = [];
  for (let i = 0; i < 100; i++) all.push(i % 2 ? new Square(i) : new Circle(i));
  let area = 0;
  let letters = 0;
  for (let i = 0; i < n; i++) {
    const shape = all[i % all.length];
    area += shape.area();
    letters += shape.name.length;
  }
  return `${area}/${letters}`;
}
