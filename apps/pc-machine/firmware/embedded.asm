; The embedded firmware: a 64 KiB BIOS image for the i440FX/PIIX3 PC.
;
; One segment holds everything. The chipset shows the image twice: at 0xf0000 (real mode's F000:0000)
; and below 4 GiB, where the processor starts. No code depends on the segment it runs in, except for
; interrupt vectors and the few far jumps, which name BIOS_SEG; the PAM step relies on that when it
; runs from a copy in RAM while segment F000 is exchanged underneath.
;
; nasm -f bin -o embedded.bin embedded.asm      (build.mjs does that and refreshes the TypeScript copy)

bits 16
cpu 686

%include "constants.inc"
%include "macros.inc"

; The text sits at the end of the image, so that everything before it is one run of zeroes: those are
; left out of the TypeScript copy.
section .lead start=0 vstart=0
    times 16 db 0
section .text start=TEXT_START vstart=TEXT_START align=16
; The file and the labels must agree on where it begins: both alignments are given, and are the
; largest that anything in it asks for.
section .rodata follows=.text vfollows=.text align=16 valign=16
section .reset start=RESET_OFFSET vstart=RESET_OFFSET

section .text
%include "entry.asm"

%include "hw/flat.asm"
%include "hw/protected.asm"
%include "hw/serial.asm"
%include "hw/print.asm"
%include "hw/delay.asm"
%include "hw/cmos.asm"
%include "hw/a20.asm"
%include "hw/pic.asm"
%include "hw/pci.asm"
%include "hw/fwcfg.asm"
%include "hw/vga.asm"
%include "hw/font.asm"
%include "hw/ata.asm"

%include "tour/tour.asm"
%include "tour/ram.asm"
%include "tour/a20.asm"
%include "tour/pam.asm"
%include "tour/pci.asm"
%include "tour/vga.asm"
%include "tour/bars.asm"
%include "tour/widths.asm"
%include "tour/fwcfg.asm"
%include "tour/smram.asm"
%include "tour/rom.asm"
%include "tour/time.asm"
%include "tour/paging.asm"

%include "bios/vectors.asm"
%include "bios/int08.asm"
%include "bios/int10.asm"
%include "bios/int13.asm"
%include "bios/int14.asm"
%include "bios/int15.asm"
%include "bios/int16.asm"
%include "bios/int1a.asm"
%include "bios/boot.asm"

%include "prompt.asm"
