// As little of our own as possible: what is compared is the request and the response.
export default {
  session: { secret: 'keyboard cat of the comparison' },
  security: { headers: false, csrf: false },
  compression: false,
  limits: { responseTimeout: 1000 },
};
