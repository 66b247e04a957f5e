; Both gates of address line 20. AL = 1 lets it through, 0 holds it low. Registers are preserved.

a20_by_port92:
    push    ax
    mov     ah, al
    add     ah, ah                      ; bit 1
    in      al, PORT92
    and     al, ~3                      ; bit 0 would reset the processor
    or      al, ah
    out     PORT92, al
    pop     ax
    ret

; Through the keyboard controller's output port.
a20_by_8042:
    push    ax
    call    kbc_wait
    push    ax
    OUTB    KBC_CMD, 0xd1               ; write output port
    pop     ax
    call    kbc_wait
    add     al, al                      ; bit 1
    or      al, 0xdd                    ; bit 0 set: no reset
    out     KBC_DATA, al
    call    kbc_wait
    push    ax
    OUTB    KBC_CMD, 0xff               ; pulse nothing: flushes the change on slow controllers
    pop     ax
    call    kbc_wait
    pop     ax
    ret

; Until the controller takes a byte, or 65536 looks.
kbc_wait:
    push    ax
    push    cx
    xor     cx, cx
.look:
    in      al, KBC_CMD
    test    al, 2
    loopnz  .look
    pop     cx
    pop     ax
    ret

; AL = 1 when line 20 passes, judging by memory: a byte just above 1 MiB and its image just above 0.
; Neither byte is changed in the end.
a20_probe:
    push    ebx
    push    dx
    mov     ebx, 0x00100500
    mov     dl, [ebx - 0x100000]
    mov     dh, [ebx]
    mov     byte [ebx - 0x100000], 0x5a
    mov     byte [ebx], 0xa5
    mov     al, [ebx - 0x100000]
    mov     [ebx], dh
    mov     [ebx - 0x100000], dl
    cmp     al, 0x5a
    sete    al
    pop     dx
    pop     ebx
    ret
