/** Reason why a machine is not moved, and no snapshot of it is made: QEMU's place for it is that of a migration blocker. */
export const STATE_STAYS = "The state of this machine cannot be saved";
