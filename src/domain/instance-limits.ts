/** How many instances an account may have that are not terminated. AWS counts vCPUs; one number is easier to meet. */
export const mostInstances = 256;

/** How many volumes an instance may have: 28 devices, as Nitro instances, one of which is the network interface. */
export const mostVolumes = 27;

/** Bytes of user data, decoded. */
export const mostUserData = 16_384;
