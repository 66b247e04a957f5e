/** The oldest Node version the project runs on. */
export const oldestNode = [20, 19, 0];

/** Whether `version` ("20.19.1") is `oldest` or later. */
export function isSupported(version, oldest = oldestNode) {
  const parts = version.split(".").map(Number);
  for (let i = 0; i < oldest.length; i++) {
    const part = parts[i] || 0;
    if (part !== oldest[i]) return part > oldest[i];
  }
  return true;
}
