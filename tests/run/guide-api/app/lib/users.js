// `getUserData` of the guide's dashboard, over the guide's own model.
import { connectDB, User } from './database.js';

export async function getUserData(id) {
  await connectDB();
  return User.findById(id);
}

export async function findUser(email) {
  await connectDB();
  return User.findOne({ email });
}
