// Stands behind the routes under Express, too: errors as data, so that messages and codes are compared.
export default [
  (error, req, res, next) => {
    if (res.headersSent) return next(error);
    return res.status(error.status ?? error.statusCode ?? 500).json({ error: error.message, name: error.name, code: error.code });
  },
];
