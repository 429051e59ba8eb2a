/** A region's part of the public /16: the /19 of its place among the configured regions. */
export function publicNetworkOf(network: string, index: number): string {
  const [first, second] = network.split('.');
  return `${first}.${second}.${index * 32}.0/19`;
}
