; The first serial port, 115200 baud 8n1.

UART_DATA       equ COM1 + 0
UART_IER        equ COM1 + 1
UART_FCR        equ COM1 + 2
UART_LCR        equ COM1 + 3
UART_MCR        equ COM1 + 4
UART_LSR        equ COM1 + 5
LSR_DATA_READY  equ 0x01
LSR_HOLD_EMPTY  equ 0x20

serial_init:
    OUTB    UART_IER, 0
    OUTB    UART_LCR, 0x80              ; divisor latch
    OUTB    UART_DATA, 1                ; 115200
    OUTB    UART_IER, 0
    OUTB    UART_LCR, 0x03              ; 8n1
    OUTB    UART_FCR, 0x07              ; FIFOs on and empty
    OUTB    UART_MCR, 0x0b              ; DTR, RTS, and OUT2, which lets IRQ 4 through
    ret

; Sends AL. Gives up on a port that never becomes empty (an absent one reads 0xff, and is not waited
; for). Preserves every register.
serial_put:
    push    cx
    push    dx
    push    ax
    xor     cx, cx
    mov     dx, UART_LSR
.wait:
    in      al, dx
    test    al, LSR_HOLD_EMPTY
    loopz   .wait
    pop     ax
    mov     dx, UART_DATA
    out     dx, al
    pop     dx
    pop     cx
    ret

; One byte if there is one: ZF clear and AL = byte, else ZF set. Preserves the rest.
serial_poll:
    push    dx
    mov     dx, UART_LSR
    in      al, dx
    cmp     al, 0xff                    ; no port there
    je      .done
    test    al, LSR_DATA_READY
    jz      .done
    mov     dx, UART_DATA
    in      al, dx
    or      dx, dx                      ; clears ZF
.done:
    pop     dx
    ret

; Waits until a byte is there, halted between looks: the receive interrupt or the next timer tick wakes
; the processor. Interrupts are off from the look at the line status to the halt (sti takes effect after
; the instruction that follows it), so no byte is slept through. Comes back with interrupts enabled and
; every other register preserved.
serial_wait:
    push    ax
    push    dx
    OUTB    UART_IER, 1                 ; receive interrupt on
    mov     dx, UART_LSR
.look:
    cli
    in      al, dx
    cmp     al, 0xff                    ; no port there
    je      .sleep
    test    al, LSR_DATA_READY
    jnz     .done
.sleep:
    sti
    hlt
    jmp     .look
.done:
    OUTB    UART_IER, 0
    sti
    pop     dx
    pop     ax
    ret

; Waits for a byte in AL.
serial_get:
    call    serial_wait
    call    serial_poll
    jz      serial_get
    ret
