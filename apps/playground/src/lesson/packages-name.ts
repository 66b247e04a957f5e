/** The name under which a prepared program finds the packages that it imports. */
export const PACKAGES_NAME = "memPackages";
