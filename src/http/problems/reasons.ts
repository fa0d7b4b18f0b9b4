/**
 * What HTTP calls each status. Not by an import: that of an ES module makes everything that node:http exports, the WebSocket too, and so
 * loads undici: 35 ms and 8 MB at each start.
 */
export const { STATUS_CODES: reasons } = process.getBuiltinModule('node:http')
