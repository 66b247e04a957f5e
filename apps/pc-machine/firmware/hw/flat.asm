; 4 GiB segments in real mode ("unreal mode"): with DS = ES = FS = GS = 0 an address register is a
; linear address, which is how the whole tour reaches memory above 1 MiB.

; Gives DS, ES, FS and GS a 4 GiB limit, keeping their values. Preserves every register.
; Boot code that has been through protected mode leaves 64 KiB limits behind, so whoever needs flat
; access after booting calls this again.
enter_flat:
    pushfd
    push    eax
    push    ds
    push    es
    push    fs
    push    gs
    cli
    o32 lgdt [cs:gdt_register]
    mov     eax, cr0
    or      al, 1
    mov     cr0, eax
    jmp     short .protected
.protected:
    mov     ax, SEL_FLAT
    mov     ds, ax
    mov     es, ax
    mov     fs, ax
    mov     gs, ax
    mov     eax, cr0
    and     al, ~1
    mov     cr0, eax
    jmp     short .real
.real:                                  ; real mode loads change the base and keep the limit
    pop     gs
    pop     fs
    pop     es
    pop     ds
    pop     eax
    popfd
    ret

section .rodata
align 8
; The accessed bits are set beforehand: the table may be in ROM, where the processor cannot set them.
gdt:
    dq      0
    dq      0x00cf93000000ffff          ; SEL_FLAT
    dq      0x00409b0f0000ffff          ; SEL_CODE32
    dq      0x00009b0f0000ffff          ; SEL_CODE16
    dq      0x000093000000ffff          ; SEL_DATA16
gdt_end:
gdt_register:
    dw      gdt_end - gdt - 1
    dd      BIOS_LINEAR + gdt
section .text
