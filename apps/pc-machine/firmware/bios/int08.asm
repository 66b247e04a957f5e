; IRQ 0: the tick count, 18.2 a second, 0x1800b0 a day.

TICKS_PER_DAY   equ 0x1800b0

int08:
    push    eax
    push    ds
    push    word 0
    pop     ds
    mov     eax, [BDA_TICKS]
    inc     eax
    cmp     eax, TICKS_PER_DAY
    jb      .store
    xor     eax, eax
    inc     byte [BDA_MIDNIGHT]
.store:
    mov     [BDA_TICKS], eax
    pop     ds
    int     0x1c
    OUTB    PIC1_CMD, 0x20
    pop     eax
    iret

; The tick count from the time of day.
ticks_from_rtc:
    pushad
    call    rtc_settle
    mov     al, 4                       ; hours
    call    rtc_read_binary
    imul    ebx, eax, 60
    mov     al, 2                       ; minutes
    call    rtc_read_binary
    add     ebx, eax
    imul    ebx, ebx, 60
    mov     al, 0                       ; seconds
    call    rtc_read_binary
    add     eax, ebx
    mov     ebx, PIT_HZ
    mul     ebx
    shrd    eax, edx, 16                ; one tick is 65536 periods
    mov     [BDA_TICKS], eax
    popad
    ret

; AL = index -> EAX = number, from BCD
rtc_read_binary:
    push    ebx
    call    cmos_read
    movzx   ebx, al
    shr     al, 4
    movzx   eax, al
    imul    eax, eax, 10
    and     bl, 15
    add     eax, ebx
    pop     ebx
    ret

; Until no update of the time is under way, or 65536 looks.
rtc_settle:
    push    ax
    push    cx
    xor     cx, cx
.look:
    mov     al, RTC_A
    call    cmos_read
    test    al, 0x80
    loopnz  .look
    pop     cx
    pop     ax
    ret
