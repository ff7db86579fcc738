export { createPageServer, type PageServer } from './page-server.js';
export type { PageAuth } from './options.js';
export { pageKinds } from './model/observe.js';
export { checkPageAddress, isLoopbackAddress } from './http/address.js';
export { gitEventKinds } from './model/git-model.js';
export type { LiveObjects } from './model/live-objects.js';
export type { PageServerOptions } from './options.js';
