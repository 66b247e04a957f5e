; INT 13h, disk 80h: the first ATA disk, by cylinder and by sector number.

DISK_OK         equ 0x00
DISK_BAD        equ 0x01                ; bad command or parameter
DISK_NO_SECTOR  equ 0x04
DISK_FAILED     equ 0x20
CHUNK           equ 127                 ; sectors in one command

int13:
    INT_ENTER
    sti
    cmp     dl, 0x80
    jne     .other
    cmp     byte [BDA_DISK_COUNT], 0
    je      .other
    mov     si, disk_functions
.find:
    mov     bl, [cs:si]
    cmp     bl, 0xff
    je      .unknown
    cmp     bl, ah
    je      .found
    add     si, 3
    jmp     .find
.found:
    movzx   eax, byte [CALLER_AL]
    call    [cs:si + 1]                 ; -> AH = status
    jmp     .finish
.other:
    cmp     ah, 0x15                    ; asked for its type, a missing disk says so without an error
    jne     .unknown
    mov     byte [CALLER_AH], 0
    CALLER_CLC
    jmp     .leave
.unknown:
    mov     ah, DISK_BAD
.finish:
    cmp     byte [CALLER_AH], 0x15      ; these two return something else in AH
    je      .typed
    cmp     byte [CALLER_AH], 0x41
    je      .typed
    mov     [CALLER_AH], ah
.typed:
    mov     [BDA_DISK_STATUS], ah
    CALLER_CLC
    test    ah, ah
    jz      .leave
    mov     [CALLER_AH], ah
    CALLER_STC
.leave:
    INT_LEAVE

disk_reset:
    mov     ah, DISK_OK
    ret

disk_status:
    mov     ah, [BDA_DISK_STATUS]
    ret

disk_read_chs:
    mov     si, ata_read
    jmp     disk_by_chs
disk_write_chs:
    mov     si, ata_write
    jmp     disk_by_chs
disk_verify_chs:
    mov     si, ata_verify
disk_by_chs:
    movzx   ecx, al                     ; sectors
    mov     ah, DISK_BAD
    jecxz   .done
    movzx   eax, byte [CALLER_CL]       ; cylinder: two bits there, eight in CH
    shl     ax, 2
    mov     al, [CALLER_CH]
    movzx   ebx, word [VAR_DISK_HEADS]
    imul    eax, ebx
    movzx   edx, byte [CALLER_DH]
    cmp     edx, ebx
    jae     .absent
    add     eax, edx
    movzx   ebx, byte [VAR_DISK_SPT]
    imul    eax, ebx
    movzx   edx, byte [CALLER_CL]
    and     dl, 0x3f
    jz      .absent
    cmp     edx, ebx
    ja      .absent
    lea     edx, [eax + edx - 1]
    mov     bx, [CALLER_BX]
    push    bp
    mov     di, bx
    call    disk_transfer
    pop     bp
    ret
.absent:
    mov     ah, DISK_NO_SECTOR
.done:
    ret

; ECX sectors from EDX, ES:DI, by routine SI -> AH = status
disk_transfer:
    mov     ah, DISK_NO_SECTOR
    mov     ebx, edx
    add     ebx, ecx
    jc      .done
    cmp     ebx, [VAR_DISK_SIZE]
    ja      .done
    push    ecx
    mov     ebx, ecx
.chunk:
    mov     ecx, CHUNK
    cmp     ebx, ecx
    jae     .go
    mov     ecx, ebx
.go:
    test    ecx, ecx
    jz      .complete
    call    si
    jc      .failed
    add     edx, ecx
    sub     ebx, ecx
    shl     ecx, 5                      ; paragraphs
    mov     ax, es
    add     ax, cx
    mov     es, ax
    jmp     .chunk
.complete:
    pop     ecx
    mov     ah, DISK_OK
    ret
.failed:
    pop     ecx
    mov     ah, DISK_FAILED
.done:
    ret

disk_parameters:
    mov     ax, [VAR_DISK_CYLS]
    dec     ax
    mov     [CALLER_CH], al
    shl     ah, 6
    or      ah, [VAR_DISK_SPT]
    mov     [CALLER_CL], ah
    mov     al, [VAR_DISK_HEADS]
    dec     al
    mov     [CALLER_DH], al
    mov     byte [CALLER_DL], 1
    mov     byte [CALLER_BL], 0
    mov     byte [CALLER_AL], 0
    mov     ah, DISK_OK
    ret

disk_type:
    mov     byte [CALLER_AH], 3         ; a fixed disk; CX:DX = sectors
    mov     ax, [VAR_DISK_SIZE]
    mov     [CALLER_DX], ax
    mov     ax, [VAR_DISK_SIZE + 2]
    mov     [CALLER_CX], ax
    mov     ah, DISK_OK
    ret

ext_check:
    mov     ah, DISK_BAD
    cmp     word [CALLER_BX], 0x55aa
    jne     .done
    mov     word [CALLER_BX], 0xaa55
    mov     word [CALLER_CX], 1         ; packets only
    mov     byte [CALLER_AH], 0x21      ; version 1.1
    mov     ah, DISK_OK
.done:
    ret

ext_read:
    mov     si, ata_read
    jmp     ext_transfer
ext_write:
    mov     si, ata_write
    jmp     ext_transfer
ext_verify:
    mov     si, ata_verify
; The packet at the caller's DS:SI: size, 0, word count, far buffer, 64-bit sector.
ext_transfer:
    push    ds
    mov     di, [CALLER_SI]
    mov     ds, [CALLER_DS]
    movzx   ecx, word [di + 2]
    mov     edx, [di + 8]
    mov     ebx, [di + 12]
    les     di, [di + 4]
    pop     ds
    mov     ah, DISK_BAD
    cmp     di, -1                      ; FFFF:FFFF would announce a 64-bit address
    jne     .sector
    mov     ax, es
    inc     ax
    mov     ah, DISK_BAD
    jz      .done
.sector:
    mov     ah, DISK_NO_SECTOR
    test    ebx, ebx
    jnz     .failed
    call    disk_transfer
.failed:
    test    ah, ah
    jz      .done
    push    ds                          ; nothing (that counts) was transferred
    mov     di, [CALLER_SI]
    mov     ds, [CALLER_DS]
    mov     word [di + 2], 0
    pop     ds
.done:
    ret

ext_seek:
    mov     ah, DISK_OK
    ret

; Into the caller's buffer at DS:SI
ext_parameters:
    mov     es, [CALLER_DS]
    mov     di, [CALLER_SI]
    mov     ah, DISK_BAD
    cmp     word [es:di], 26
    jb      .done
    mov     ax, 26
    stosw
    mov     ax, 2                       ; the geometry is valid
    stosw
    movzx   eax, word [VAR_DISK_CYLS]
    stosd
    movzx   eax, word [VAR_DISK_HEADS]
    stosd
    movzx   eax, byte [VAR_DISK_SPT]
    stosd
    mov     eax, [VAR_DISK_SIZE]
    stosd
    xor     eax, eax
    stosd
    mov     ax, 512
    stosw
    mov     ah, DISK_OK
.done:
    ret

section .rodata
disk_functions:
    db      0x00
    dw      disk_reset
    db      0x01
    dw      disk_status
    db      0x02
    dw      disk_read_chs
    db      0x03
    dw      disk_write_chs
    db      0x04
    dw      disk_verify_chs
    db      0x08
    dw      disk_parameters
    db      0x09
    dw      disk_reset
    db      0x0c
    dw      disk_reset
    db      0x0d
    dw      disk_reset
    db      0x10
    dw      disk_reset
    db      0x11
    dw      disk_reset
    db      0x15
    dw      disk_type
    db      0x41
    dw      ext_check
    db      0x42
    dw      ext_read
    db      0x43
    dw      ext_write
    db      0x44
    dw      ext_verify
    db      0x47
    dw      ext_seek
    db      0x48
    dw      ext_parameters
    db      0xff
section .text
