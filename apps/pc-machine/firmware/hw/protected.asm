; A round trip into 32-bit protected mode.

; Runs the 32-bit routine at offset SI with flat data segments and interrupts off, then comes back to
; real mode with DS = ES = FS = GS = SS = 0 and 4 GiB data limits. The routine gets EBX, ECX, EDX, EDI
; as they are and returns EAX; ESI is lost. Must run in segment F000.
protected_call:
    pushfd
    cli
    movzx   esi, si
    movzx   esp, sp
    o32 lgdt [cs:gdt_register]
    mov     eax, cr0
    or      al, 1
    mov     cr0, eax
    jmp     dword SEL_CODE32:.code32
bits 32
.code32:
    mov     ax, SEL_FLAT
    mov     ds, ax
    mov     es, ax
    mov     fs, ax
    mov     gs, ax
    mov     ss, ax
    call    esi
    jmp     SEL_CODE16:.code16
bits 16
.code16:
    mov     si, SEL_DATA16              ; a stack segment marked 32-bit would stay so in real mode
    mov     ss, si
    mov     esi, cr0
    and     si, ~1
    mov     cr0, esi
    jmp     BIOS_SEG:.real
.real:
    xor     si, si
    mov     ss, si
    mov     ds, si
    mov     es, si
    mov     fs, si
    mov     gs, si
    popfd
    ret
