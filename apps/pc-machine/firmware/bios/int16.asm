; INT 16h, keyboard: what comes in on the serial port, as keys of a US keyboard.

int16:
    INT_ENTER
    sti
    call    keys_collect
    and     ah, 0xef                    ; 10h.. are 00h.. for extended keyboards
    cmp     ah, 0x00
    je      .get
    cmp     ah, 0x01
    je      .peek
    cmp     ah, 0x02
    je      .shifts
    cmp     ah, 0x05
    je      .store
    jmp     .leave
.get:
    call    key_first
    jnz     .take
    call    serial_wait
    call    keys_collect
    jmp     .get
.take:
    mov     [CALLER_AX], ax
    call    ring_next
    mov     [BDA_KBD_HEAD], bx
    jmp     .leave
.peek:
    or      byte [CALLER_FLAGS], 0x40   ; ZF: none
    call    key_first
    jz      .leave
    mov     [CALLER_AX], ax
    and     byte [CALLER_FLAGS], ~0x40
    jmp     .leave
.shifts:
    mov     byte [CALLER_AL], 0
    jmp     .leave
.store:
    mov     ax, cx
    call    key_store
    setc    [CALLER_AL]
.leave:
    INT_LEAVE

; The first key in the ring: AX, BX = its place; ZF set when there is none.
key_first:
    mov     bx, [BDA_KBD_HEAD]
    mov     ax, [bx + 0x400]
    cmp     bx, [BDA_KBD_TAIL]
    ret

; BX = the place after BX
ring_next:
    add     bx, 2
    cmp     bx, BDA_KBD_END - 0x400
    jb      .done
    mov     bx, BDA_KBD_RING - 0x400
.done:
    ret

; Key AX into the ring. CF = it is full.
key_store:
    push    bx
    push    di
    mov     bx, [BDA_KBD_TAIL]
    mov     di, bx
    call    ring_next
    cmp     bx, [BDA_KBD_HEAD]
    stc
    je      .done
    mov     [di + 0x400], ax
    mov     [BDA_KBD_TAIL], bx
    clc
.done:
    pop     di
    pop     bx
    ret

; Everything the serial port has, into the ring.
keys_collect:
    push    ax
.next:
    call    serial_poll
    jz      .done
    call    key_from_char
    call    key_store
    jmp     .next
.done:
    pop     ax
    ret

; AL = character -> AX = scan code and character
key_from_char:
    push    bx
    push    si
    cmp     al, 10
    je      .enter
    cmp     al, 0x7f
    je      .backspace
    mov     ah, al
    cmp     al, 27
    jae     .printable
    cmp     al, 8
    je      .search
    cmp     al, 9
    je      .search
    cmp     al, 13
    je      .search
    or      ah, 0x60                    ; control with a letter: the letter's key
    jmp     .search
.printable:
.search:                                ; runs of neighbouring keys: scan code, characters, 0
    mov     si, key_rows
.row:
    mov     bl, [cs:si]
    inc     si
    test    bl, bl
    jz      .found                      ; in no row: scan code 0
.key:
    mov     bh, [cs:si]
    inc     si
    test    bh, bh
    jz      .row
    cmp     bh, ah
    je      .found
    inc     bx                          ; bl cannot overflow
    jmp     .key
.found:
    mov     ah, bl
.done:
    pop     si
    pop     bx
    ret
.enter:
    mov     ax, 0x1c0d
    jmp     .done
.backspace:
    mov     ax, 0x0e08
    jmp     .done

section .rodata
key_rows:
    db      0x01, 27, "1234567890-=", 8, 9, "qwertyuiop[]", 13, 0
    db      0x02, "!@#$%^&*()_+", 0
    db      0x10, "QWERTYUIOP{}", 0
    db      0x1e, "asdfghjkl;'`", 0
    db      0x1e, 'ASDFGHJKL:"~', 0
    db      0x2b, "\zxcvbnm,./", 0
    db      0x2b, "|ZXCVBNM<>?", 0
    db      0x39, " ", 0
    db      0
section .text
