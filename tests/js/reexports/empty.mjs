export { nothing }; var nothing; console.log('empty');
