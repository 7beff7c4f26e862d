import { checkRateLimit } from '../../lib/rate-limiter.js';

async function getData() {
  return [1, 2, 3];
}

export default async function handler(request, response) {
  try {
    const rateLimit = checkRateLimit(request, 3, 60000);

    const data = await getData();

    return response.status(200)
      .set({
        'X-RateLimit-Remaining': rateLimit.remaining,
        'X-RateLimit-Reset': rateLimit.reset
      })
      .json({
        success: true,
        data
      });
  } catch (error) {
    if (error.message === 'Rate limit exceeded') {
      return response.status(429).json({
        success: false,
        error: 'Too many requests'
      });
    }

    return response.status(500).json({
      success: false,
      error: error.message
    });
  }
}
