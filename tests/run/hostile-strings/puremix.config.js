// What is asked here is whether escaping holds by itself, so no policy may help it.
export default { security: { csp: false } };
