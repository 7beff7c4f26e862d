// What mongoose throws, as clients see it: its own shape with the status that fits.
const statuses = { ValidationError: 422, CastError: 400, VersionError: 409, DocumentNotFoundError: 404 };

export const answering = (handler) => async (request, response) => {
  try {
    return await handler(request, response);
  } catch (error) {
    if (error.code === 11000) {
      const { name, code, message, keyPattern, keyValue } = error;
      return response.status(409).json({ name, code, message, keyPattern, keyValue });
    }
    // These two have their shape in JSON; of others JSON shows no message, as of all errors.
    const told = 'toJSON' in error ? error : { name: error.name, message: error.message };
    return response.status(statuses[error.name] ?? 500).json(told);
  }
};
