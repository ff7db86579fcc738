export { createPageServer, type PageServer } from './page-server.js';
export type { PageAuth } from './options.js';
export { pageKinds } from './model/observe.js';
export { checkPageAddress, isLoopbackAddress } from './http/address.js';
