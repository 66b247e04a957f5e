; The vector table, the BIOS data area, and the handlers too small for a file.

vectors_install:
    pushad
    push    es
    push    word 0
    pop     es
    xor     di, di
    mov     cx, 256
    mov     ax, int_ignore
.default:
    call    .store
    loop    .default
    mov     ax, irq_master
    mov     di, 0x08 * 4
    mov     cx, 8
.master:
    call    .store
    loop    .master
    mov     ax, irq_slave
    mov     di, 0x70 * 4
    mov     cx, 8
.slave:
    call    .store
    loop    .slave
    mov     si, vector_list
.listed:
    cs lodsw
    cmp     ax, -1
    je      .done
    mov     di, ax
    shl     di, 2
    cs lodsw
    call    .store
    jmp     .listed
.done:
    pop     es
    popad
    ret
.store:
    stosw
    mov     word [es:di], BIOS_SEG
    scasw                               ; di + 2
    ret

bda_install:
    pushad
    push    es
    push    word 0
    pop     es
    mov     di, 0x400
    mov     cx, 0x80
    xor     ax, ax
    rep stosw
    mov     word [BDA_COM1], COM1
    mov     word [BDA_EQUIPMENT], 0x0222    ; one serial port, 80x25 colour, coprocessor
    mov     word [BDA_MEMORY_KB], 640
    mov     word [BDA_KBD_HEAD], BDA_KBD_RING - 0x400
    mov     word [BDA_KBD_TAIL], BDA_KBD_RING - 0x400
    mov     word [BDA_KBD_START16], BDA_KBD_RING - 0x400
    mov     word [BDA_KBD_END16], BDA_KBD_END - 0x400
    mov     byte [BDA_VIDEO_MODE], 3
    mov     word [BDA_COLUMNS], 80
    mov     word [BDA_PAGE_SIZE], 0x1000
    mov     word [BDA_CURSOR_TYPE], 0x0d0e
    mov     word [BDA_CRTC_PORT], VGA_CRTC
    mov     byte [BDA_ROWS], 24
    mov     byte [BDA_CHAR_HEIGHT], 16
    pop     es
    popad
    ret

int_ignore:
    iret

; Interrupts with nothing to do but to be acknowledged. The serial receive interrupt is one: whoever
; waits for input looks at the line status once it is awake.
irq_slave:
    push    ax
    OUTB    PIC2_CMD, 0x20
    jmp     irq_end
irq_master:
    push    ax
irq_end:
    OUTB    PIC1_CMD, 0x20
    pop     ax
    iret

; IRQ 8
int70:
    push    ax
    push    ds
    push    word 0
    pop     ds
    mov     al, RTC_C                   ; reading it lets the next interrupt come
    call    cmos_read
    inc     dword [VAR_RTC_IRQS]
    pop     ds
    OUTB    PIC2_CMD, 0x20
    jmp     irq_end

; Divide error and invalid opcode: returning would only repeat them.
int00:
    SAY     10, "divide error"
    jmp     exception
int06:
    SAY     10, "invalid opcode"
exception:
    SAY     " at "
    pop     bx
    pop     ax
    call    print_hex16
    SAY     ":"
    mov     ax, bx
    call    print_hex16
    SAY     10
    jmp     BIOS_SEG:prompt

int11:
    push    ds
    push    word 0
    pop     ds
    mov     ax, [BDA_EQUIPMENT]
    pop     ds
    iret

int12:
    push    ds
    push    word 0
    pop     ds
    mov     ax, [BDA_MEMORY_KB]
    pop     ds
    iret

section .rodata
align 2
vector_list:
    dw      0x00, int00, 0x06, int06, 0x08, int08, 0x10, int10, 0x11, int11, 0x12, int12
    dw      0x13, int13, 0x14, int14, 0x15, int15, 0x16, int16, 0x18, int18, 0x19, int19
    dw      0x1a, int1a, 0x70, int70
    dw      -1
section .text
