/** Files of a file system, read only. Paths are absolute, with `/`. */
export interface Files {
  /** The first `length` bytes of a file, or all of a shorter one; undefined where there is none. @throws Unreadable */
  read(path: string, length: number): Promise<Buffer | undefined>;
  /** The names in a directory; empty where there is none. @throws Unreadable */
  list(path: string): Promise<string[]>;
}

export const segments = (path: string) => path.split('/').filter(name => name !== '' && name !== '.');
