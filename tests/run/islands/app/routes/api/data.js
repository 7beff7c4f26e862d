export const POST = (request, response) => response.send('<em id="loaded">from the server</em>');
