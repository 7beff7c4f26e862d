test('is not run', () => {});

throw new Error('the file does not load');
