; The RTC's battery-backed memory, and what it says about RAM.

CMOS_EXT_LOW    equ 0x30                ; RAM above 1 MiB in KiB, at most 63 MiB
CMOS_EXT16_LOW  equ 0x34                ; RAM above 16 MiB and below 4 GiB in 64 KiB
CMOS_HIGH       equ 0x5b                ; RAM above 4 GiB in 64 KiB, three bytes

; AL = index -> AL = value. NMI stays enabled (bit 7 clear). Preserves the rest.
cmos_read:
    out     CMOS_INDEX, al
    in      al, CMOS_DATA
    ret

; AL = index, AH = value
cmos_write:
    out     CMOS_INDEX, al
    xchg    al, ah
    out     CMOS_DATA, al
    xchg    al, ah
    ret

; AL = index of the low byte -> AX = the word there
cmos_read16:
    push    bx
    mov     bl, al
    inc     al
    call    cmos_read
    mov     bh, al
    mov     al, bl
    call    cmos_read
    mov     ah, bh
    pop     bx
    ret

; Fills VAR_RAM_LOW and VAR_RAM_HIGH from CMOS.
ram_measure:
    push    eax
    push    ebx
    mov     al, CMOS_EXT16_LOW
    call    cmos_read16
    movzx   ebx, ax
    shl     ebx, 16
    jz      .small                      ; not more than 16 MiB: the older pair has it
    add     ebx, 16 << 20
    jmp     .store
.small:
    mov     al, CMOS_EXT_LOW
    call    cmos_read16
    movzx   ebx, ax
    shl     ebx, 10
    add     ebx, 1 << 20
.store:
    mov     [VAR_RAM_LOW], ebx
    mov     al, CMOS_HIGH + 1
    call    cmos_read16
    movzx   ebx, ax
    shl     ebx, 8
    mov     al, CMOS_HIGH
    call    cmos_read
    mov     bl, al
    mov     [VAR_RAM_HIGH], ebx
    pop     ebx
    pop     eax
    ret
