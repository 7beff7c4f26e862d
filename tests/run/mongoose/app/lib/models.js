import mongoose from 'mongoose';

const { Schema, model } = mongoose;

// Empty: DATABASE_URL, else the file in PUREMIX_DATA.
await mongoose.connect(process.env.MONGO_URL);

const authorSchema = new Schema(
  {
    name: { type: String, required: [true, 'An author has a name'], trim: true, maxlength: 40 },
    email: { type: String, unique: true, lowercase: true, match: [/@/, '{VALUE} is no address'] },
    born: { type: Number, min: [1400, 'Too early: {VALUE}'] },
    address: { city: String, zip: String },
    slug: String,
  },
  { timestamps: true, toJSON: { virtuals: true }, id: false },
);
authorSchema.virtual('initials').get(function () {
  return this.name.split(' ').map((word) => word[0]).join('');
});
authorSchema.virtual('books', { ref: 'Book', localField: '_id', foreignField: 'author' });
authorSchema.pre('save', function (next) {
  this.slug = this.name.toLowerCase().replaceAll(' ', '-');
  next();
});
authorSchema.post('save', async (author) => {
  await Journal.create({ event: 'saved', subject: author.slug });
});
authorSchema.pre('deleteOne', { document: true, query: false }, async function () {
  await Book.deleteMany({ author: this._id });
  await Journal.create({ event: 'deleted', subject: this.slug });
});
authorSchema.methods.greeting = function () {
  return `I am ${this.name}`;
};
authorSchema.statics.byEmail = function (email) {
  return this.findOne({ email: email.toLowerCase() });
};

const bookSchema = new Schema({
  title: { type: String, required: true },
  author: { type: Schema.Types.ObjectId, ref: 'Author', required: true },
  genre: { type: String, enum: ['novel', 'play', 'poem'], default: 'novel' },
  price: { type: Number, min: 0, index: true },
  published: Date,
  reviews: [{ stars: { type: Number, min: 1, max: 5 }, by: String }],
});
bookSchema.virtual('stars').get(function () {
  return this.reviews.length ? this.reviews.reduce((sum, review) => sum + review.stars, 0) / this.reviews.length : null;
});
bookSchema.pre('findOneAndUpdate', function () {
  this.set({ published: new Date(0) });
});

export const Journal = model('Journal', new Schema({ event: String, subject: String }));
export const Author = model('Author', authorSchema);
export const Book = model('Book', bookSchema);
export const Account = model('Account', new Schema({ name: { type: String, unique: true }, balance: { type: Number, min: [0, 'Overdrawn'] } }));
export const Counter = model(
  'Counter',
  new Schema({ name: { type: String, unique: true }, n: { type: Number, default: 0 }, list: [Number] }, { optimisticConcurrency: true }),
);

// mongoose makes indexes in the background; these are there before the first request.
await Promise.all([Author.init(), Account.init(), Counter.init()]);
