; The prompt: looks at and changes memory and ports, by hand, on the serial port.
; All numbers are hexadecimal; addresses are linear, 32 bits.

prompt:
    cli
    xor     ax, ax
    mov     ss, ax
    mov     esp, STACK_TOP
    mov     ds, ax
    mov     es, ax
    mov     fs, ax
    mov     gs, ax
    cld
    sti
    SAY     "memory prompt, h for help", 10
.next:
    SAY     "> "
    call    line_read
    call    enter_flat
    mov     si, LINE_BUFFER
    call    skip_spaces
    lodsb
    test    al, al
    jz      .next
    mov     bx, prompt_commands
.find:
    mov     ah, [cs:bx]
    test    ah, ah
    jz      .unknown
    cmp     ah, al
    je      .found
    add     bx, 3
    jmp     .find
.found:
    call    [cs:bx + 1]                 ; CF = it did not understand the rest of the line
    jnc     .next
.unknown:
    SAY     "? h for help", 10
    jmp     .next

; Reads a line into LINE_BUFFER, echoing; backspace works. Ends at CR or LF, and takes CR LF for one.
line_read:
    mov     di, LINE_BUFFER
.next:
    call    serial_get
    mov     ah, [LINE_BUFFER - 1]       ; the character before
    mov     [LINE_BUFFER - 1], al
    cmp     al, 10
    je      .line_feed
    cmp     al, 13
    je      .end
    cmp     al, 8
    je      .back
    cmp     al, 0x7f
    je      .back
    cmp     al, " "
    jb      .next
    cmp     di, LINE_BUFFER + LINE_MAX
    jae     .next
    stosb
    call    print_char
    jmp     .next
.back:
    cmp     di, LINE_BUFFER
    je      .next
    dec     di
    SAY     8, " ", 8
    jmp     .next
.line_feed:
    cmp     ah, 13
    je      .next
.end:
    mov     byte [di], 0
    SAY     10
    ret

skip_spaces:
    cmp     byte [si], " "
    jne     .done
    inc     si
    jmp     skip_spaces
.done:
    ret

; The next hexadecimal number of the line, with or without 0x: EAX. CF = there is none.
number:
    push    ebx
    push    cx
    call    skip_spaces
    cmp     word [si], "0x"
    jne     .digits
    add     si, 2
.digits:
    xor     ebx, ebx
    xor     cx, cx
.next:
    mov     al, [si]
    sub     al, "0"
    cmp     al, 10
    jb      .digit
    mov     al, [si]
    or      al, 0x20
    sub     al, "a"
    cmp     al, 6
    jae     .end
    add     al, 10
.digit:
    shl     ebx, 4
    movzx   eax, al
    or      ebx, eax
    inc     cx
    inc     si
    jmp     .next
.end:
    mov     eax, ebx
    cmp     byte [si], 0                ; a number ends with the line or at a space
    je      .count
    cmp     byte [si], " "
    je      .count
    xor     cx, cx
.count:
    cmp     cx, 1                       ; CF when there was no digit
    pop     cx
    pop     ebx
    ret

; CF unless the line ends here
line_end:
    call    skip_spaces
    cmp     byte [si], 1                ; only 0 is below
    cmc
    ret

; d ADDR [LEN]
command_dump:
    call    number
    jc      .done
    mov     ebx, eax
    mov     ecx, 0x40
    call    line_end
    jnc     .row
    call    number
    jc      .done
    mov     ecx, eax
    call    line_end
    jc      .done
.row:
    test    ecx, ecx
    jz      .finished
    mov     eax, ebx
    call    print_hex32
    SAY     " "
    mov     edx, 16
    cmp     ecx, edx
    jae     .full
    mov     edx, ecx
.full:
    mov     di, LINE_BUFFER             ; each byte is read once, whatever it is
    xor     si, si
.byte:
    SAY     " "
    cmp     si, dx
    jae     .blank
    mov     al, [ebx]
    inc     ebx
    stosb
    call    print_hex8
    jmp     .after
.blank:
    SAY     "  "
.after:
    inc     si
    cmp     si, 16
    jb      .byte
    SAY     "  |"
    mov     si, LINE_BUFFER
.character:
    lodsb
    cmp     al, " "
    jb      .dot
    cmp     al, 0x7e
    jbe     .show
.dot:
    mov     al, "."
.show:
    call    print_char
    cmp     si, di
    jb      .character
    SAY     "|", 10
    sub     ecx, edx
    jmp     .row
.finished:
    clc
.done:
    ret

; w ADDR BYTE...
command_write:
    call    number
    jc      .done
    mov     ebx, eax
    call    number
    jc      .done
.byte:
    mov     [ebx], al
    inc     ebx
    call    number
    jnc     .byte
    call    line_end
.done:
    ret

; The width letter behind i and o: CL = 1, 2 or 4.
command_width:
    mov     cl, 1
    mov     al, [si]
    cmp     al, "b"
    je      .take
    mov     cl, 2
    cmp     al, "w"
    je      .take
    mov     cl, 4
    cmp     al, "l"
    je      .take
    mov     cl, 1
    ret
.take:
    inc     si
    ret

; i[bwl] PORT
command_in:
    call    command_width
    call    number
    jc      .done
    mov     edx, eax
    call    line_end
    jc      .done
    mov     ax, dx
    call    print_hex16
    SAY     ": "
    cmp     cl, 2
    je      .word
    ja      .double
    in      al, dx
    call    print_hex8
    jmp     .end
.word:
    in      ax, dx
    call    print_hex16
    jmp     .end
.double:
    in      eax, dx
    call    print_hex32
.end:
    SAY     10
    clc
.done:
    ret

; o[bwl] PORT VALUE
command_out:
    call    command_width
    call    number
    jc      .done
    mov     edx, eax
    call    number
    jc      .done
    call    line_end
    jc      .done
    cmp     cl, 2
    je      .word
    ja      .double
    out     dx, al
    jmp     .end
.word:
    out     dx, ax
    jmp     .end
.double:
    out     dx, eax
.end:
    clc
.done:
    ret

; g ADDR: a far call, with the segment as high as it goes
command_go:
    call    number
    jc      .done
    cmp     eax, 0x00100000
    cmc
    jc      .done
    push    cs
    push    word .back
    mov     bx, ax
    and     bx, 15
    shr     eax, 4
    push    ax
    push    bx
    retf
.back:
    xor     ax, ax
    mov     ds, ax
    mov     es, ax
    cld
    sti
    clc
.done:
    ret

; t: the tour once more
command_tour:
    cli
    call    tour_run
    call    ticks_from_rtc
    sti
    clc
    ret

; b
command_boot:
    call    ata_find_disk
    int     0x19

; q: the PIIX4's soft off state; without it, nothing happens
PM_CONTROL      equ 4                   ; from PM_BASE
PM_SLEEP        equ 0x2000              ; enter; type 0 is off

command_off:
    cmp     word [VAR_PM_PORT], 0
    stc
    je      .done
    mov     dx, PM_BASE + PM_CONTROL
    mov     ax, PM_SLEEP
    out     dx, ax
    clc
.done:
    ret

; r: by the chipset, by the keyboard controller, by an exception nobody can take
command_reboot:
    cli
    OUTB    RESET_CONTROL, 0x02
    OUTB    RESET_CONTROL, 0x06
    mov     cx, 0x1000
.wait:
    in      al, PIC1_DATA
    loop    .wait
    call    kbc_wait
    OUTB    KBC_CMD, 0xfe
    mov     cx, 0x1000
.wait_more:
    in      al, PIC1_DATA
    loop    .wait_more
    o32 lidt [cs:no_vectors]
    int     3

command_help:
    SAY     "d ADDR [LEN]          show memory", 10
    SAY     "w ADDR BYTE...        write bytes", 10
    SAY     "i[b|w|l] PORT         read a port", 10
    SAY     "o[b|w|l] PORT VALUE   write a port", 10
    SAY     "g ADDR                call below 1 MiB, back by retf", 10
    SAY     "t                     tour again", 10
    SAY     "b                     boot the first disk", 10
    SAY     "r                     reboot", 10
    SAY     "q                     switch off", 10
    clc
    ret

section .rodata
prompt_commands:
    db      "d"
    dw      command_dump
    db      "w"
    dw      command_write
    db      "i"
    dw      command_in
    db      "o"
    dw      command_out
    db      "g"
    dw      command_go
    db      "t"
    dw      command_tour
    db      "b"
    dw      command_boot
    db      "r"
    dw      command_reboot
    db      "q"
    dw      command_off
    db      "h"
    dw      command_help
    db      0
align 4
no_vectors:
    dw      0
    dd      0
section .text
