/** What AWS allows an account in a region until it asks for more. https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html */
export const mostVpcs = 5;
export const mostSubnets = 200;
export const mostInternetGateways = 5;
export const mostRouteTables = 200;
export const mostRoutes = 50;
