; Starts a Linux kernel by its real-mode entry, as the kernel's boot protocol says. Where everything
; goes was decided by whoever filled fw_cfg.

ROM_BLOCKS equ 2
%include "kernel/rom.inc"

product: db "Linux kernel (-kernel)", 0

setup:   dw SETUP_ADDRESS, SETUP_SIZE, SETUP_DATA
cmdline: dw CMDLINE_ADDRESS, CMDLINE_SIZE, CMDLINE_DATA

boot:
        enter_rom
        mov si, kernel
        call load
        mov si, initrd
        call load
        mov si, cmdline
        call load
        mov ebp, edi
        mov si, setup
        call load
        ; The heap and stack of the setup code end where the command line begins.
        sub ebp, edi
        sub ebp, 16
        shr edi, 4
        cli
        mov ds, di
        mov es, di
        mov fs, di
        mov gs, di
        mov ss, di
        mov esp, ebp
        add di, 0x20                ; past the old boot sector
        push di
        push word 0
        retf

        times ROM_BLOCKS * 512 - ($ - $$) db 0
