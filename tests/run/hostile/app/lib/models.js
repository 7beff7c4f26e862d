import mongoose from 'mongoose';

await mongoose.connect(process.env.MONGO_URL);
export const Note = mongoose.model('Note', new mongoose.Schema({ text: String }));
export const User = mongoose.model('User', new mongoose.Schema({ name: String, password: String }));
if (!(await User.countDocuments())) await User.create({ name: 'ann', password: 'correct horse' });
