; Text on the serial port and, once there is one, the screen. Strings are zero terminated, in the code segment. A line ends in 10, which
; goes out as CR LF. Everything preserves every register and the flags.

print_char:
    pushf
    push    ax
    cmp     al, 10
    jne     .plain
    mov     al, 13
    call    .put
    mov     al, 10
.plain:
    call    .put
    pop     ax
    popf
    ret
.put:
    call    serial_put
    cmp     byte [VAR_SCREEN], 0
    je      .done
    push    es
    push    bx
    push    word VIDEO_SEG
    pop     es
    mov     bl, 0x07
    cld
    call    video_put
    pop     bx
    pop     es
.done:
    ret

; CS:SI = string
print_string:
    pushf
    push    ax
    push    si
    cld
.next:
    cs lodsb
    test    al, al
    jz      .done
    call    print_char
    jmp     .next
.done:
    pop     si
    pop     ax
    popf
    ret

print_hex32:                            ; EAX
    ror     eax, 16
    call    print_hex16
    ror     eax, 16
print_hex16:                            ; AX
    xchg    al, ah
    call    print_hex8
    xchg    al, ah
print_hex8:                             ; AL
    pushf
    push    ax
    shr     al, 4
    call    print_hex4
    pop     ax
    push    ax
    and     al, 15
    call    print_hex4
    pop     ax
    popf
    ret
print_hex4:
    cmp     al, 10
    jb      .digit
    add     al, "a" - "0" - 10
.digit:
    add     al, "0"
    call    print_char
    ret

print_decimal:                          ; EAX, unsigned
    pushfd
    pushad
    xor     cx, cx
    mov     ebx, 10
.divide:
    xor     edx, edx
    div     ebx
    push    dx
    inc     cx
    test    eax, eax
    jnz     .divide
.emit:
    pop     ax
    add     al, "0"
    call    print_char
    loop    .emit
    popad
    popfd
    ret

print_decimal2:                         ; AL, at least two digits
    cmp     al, 10
    jae     .wide
    push    ax
    mov     al, "0"
    call    print_char
    pop     ax
.wide:
    push    eax
    movzx   eax, al
    call    print_decimal
    pop     eax
    ret
