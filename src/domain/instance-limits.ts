/** How many instances an account may have that are not terminated. AWS counts vCPUs; one number is easier to meet. */
export const mostInstances = 256;

/** Bytes of user data, decoded. */
export const mostUserData = 16_384;
