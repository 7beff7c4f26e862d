export const GET = async (request, response) => {
  await new Promise((resolve) => setTimeout(resolve, 1500));
  return response.json({ slow: true });
};
