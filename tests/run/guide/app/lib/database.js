// As much of Mongoose's model interface as the guide's pages use, over an array.
const matches = (document, filter) =>
  Object.entries(filter).every(([key, wanted]) => {
    if (wanted !== null && typeof wanted === 'object' && '$gte' in wanted) return document[key] >= wanted.$gte;
    return document[key] === wanted;
  });

class Query {
  #documents;
  #order = {};
  #limit = Infinity;
  #skip = 0;

  constructor(documents) {
    this.#documents = documents;
  }

  sort(order) {
    this.#order = order;
    return this;
  }

  limit(count) {
    this.#limit = count;
    return this;
  }

  skip(count) {
    this.#skip = count;
    return this;
  }

  then(resolve, reject) {
    const found = [...this.#documents];
    for (const [field, direction] of Object.entries(this.#order)) {
      found.sort((a, b) => direction * (a[field] < b[field] ? -1 : a[field] > b[field] ? 1 : 0));
    }
    return Promise.resolve(found.slice(this.#skip, this.#skip + this.#limit)).then(resolve, reject);
  }
}

class Model {
  #documents = [];
  #next = 1;

  constructor(documents) {
    for (const document of documents) this.#insert(document);
  }

  #insert(document) {
    const made = { _id: `p${this.#next++}`, ...document };
    this.#documents.push(made);
    return made;
  }

  find(filter = {}) {
    return new Query(this.#documents.filter((document) => matches(document, filter)));
  }

  async countDocuments(filter = {}) {
    return (await this.find(filter)).length;
  }

  async findById(id) {
    return this.#documents.find((document) => document._id === id) ?? null;
  }

  async create(document) {
    return this.#insert(document);
  }

  async findByIdAndUpdate(id, changes) {
    const document = await this.findById(id);
    return document && Object.assign(document, changes);
  }

  async findByIdAndDelete(id) {
    const document = await this.findById(id);
    this.#documents = this.#documents.filter((other) => other !== document);
    return document;
  }
}

export const Product = new Model(
  Array.from({ length: 45 }, (_, i) => ({ name: `Product ${i + 1}`, price: (i + 1) * 10, inStock: i % 3 !== 0 })),
);

export async function connectDB() {}
