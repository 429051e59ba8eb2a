/** The records cannot be opened, read or written. The message is one sentence for the operator, with the remedy. */
export class RecordsUnavailable extends Error {
  override name = 'RecordsUnavailable';
}
