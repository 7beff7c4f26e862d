// Who answers mongoose_mingo.mjs under Node.
import 'mingo/init/system';

export { Aggregator, Query, update } from 'mingo';
