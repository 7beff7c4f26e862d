export class Thing { hi() { return 'hi'; } } export default function () { return 'anon'; } console.log('thing');
