import mongoose from 'mongoose';

const { connection } = mongoose;

export const GET = (request, response) => response.json({ state: connection.readyState, name: connection.name, models: mongoose.modelNames().sort() });

// Connecting to what is asked for, with what mongoose says when it cannot.
export async function POST(request, response) {
  try {
    const other = await mongoose.createConnection(request.body.url).asPromise();
    const Thing = other.model('Thing', new mongoose.Schema({ name: String }));
    await Thing.create({ name: 'kept' });
    const found = await Thing.countDocuments();
    await other.close();
    return response.json({ found, state: other.readyState });
  } catch (error) {
    return response.status(502).json({ name: error.name, message: error.message });
  }
}
