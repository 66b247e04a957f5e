; INT 1Ah, time: the tick count, and the RTC's time and date in BCD.

RTC_CENTURY     equ 0x32

int1a:
    INT_ENTER
    CALLER_CLC
    cmp     ah, 0x00
    je      .ticks
    cmp     ah, 0x01
    je      .ticks_set
    cmp     ah, 0x02
    je      .time
    cmp     ah, 0x03
    je      .time_set
    cmp     ah, 0x04
    je      .date
    cmp     ah, 0x05
    je      .date_set
    CALLER_STC
.leave:
    INT_LEAVE
.ticks:
    cli
    mov     eax, [BDA_TICKS]
    xor     bl, bl
    xchg    bl, [BDA_MIDNIGHT]
    mov     [CALLER_DX], ax
    shr     eax, 16
    mov     [CALLER_CX], ax
    mov     [CALLER_AL], bl
    jmp     .leave
.ticks_set:
    cli
    mov     [BDA_TICKS], dx
    mov     [BDA_TICKS + 2], cx
    mov     byte [BDA_MIDNIGHT], 0
    jmp     .leave
.time:
    call    rtc_settle
    mov     al, 4
    call    cmos_read
    mov     [CALLER_CH], al
    mov     al, 2
    call    cmos_read
    mov     [CALLER_CL], al
    mov     al, 0
    call    cmos_read
    mov     [CALLER_DH], al
    mov     byte [CALLER_DL], 0
    jmp     .leave
.time_set:
    mov     ah, ch
    mov     al, 4
    call    cmos_write
    mov     ah, cl
    mov     al, 2
    call    cmos_write
    mov     ah, dh
    mov     al, 0
    call    cmos_write
    jmp     .leave
.date:
    call    rtc_settle
    mov     al, RTC_CENTURY
    call    cmos_read
    mov     [CALLER_CH], al
    mov     al, 9
    call    cmos_read
    mov     [CALLER_CL], al
    mov     al, 8
    call    cmos_read
    mov     [CALLER_DH], al
    mov     al, 7
    call    cmos_read
    mov     [CALLER_DL], al
    jmp     .leave
.date_set:
    mov     ah, ch
    mov     al, RTC_CENTURY
    call    cmos_write
    mov     ah, cl
    mov     al, 9
    call    cmos_write
    mov     ah, dh
    mov     al, 8
    call    cmos_write
    mov     ah, dl
    mov     al, 7
    call    cmos_write
    jmp     .leave
