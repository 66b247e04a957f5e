; INT 14h, serial port 0.

int14:
    INT_ENTER
    sti
    cmp     ah, 1
    je      .send
    cmp     ah, 2
    je      .receive
.status:                                ; 00h keeps the firmware's own settings, which its messages need
    mov     dx, UART_LSR
    in      al, dx
    mov     ah, al
    inc     dx
    in      al, dx
    mov     [CALLER_AX], ax
    jmp     .done
.send:
    call    serial_put
    jmp     .line_status
.receive:
    call    serial_get
    mov     [CALLER_AL], al
.line_status:
    mov     dx, UART_LSR
    in      al, dx
    and     al, 0x7f
    mov     [CALLER_AH], al
.done:
    INT_LEAVE
