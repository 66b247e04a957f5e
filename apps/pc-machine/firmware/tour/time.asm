; Steps 15 to 17: the clocks. They are devices in the port map like the others; what they show is that
; interrupts find their way while the processor halts.

; Step 15: IRQ 0 at about 1 kHz wakes the halted processor; masked, it does not come.
step_timer:
    mov     ax, PIT_HZ / 1000
    call    pit_set
    mov     ebx, [BDA_TICKS]
    mov     ecx, 1000
    call    timeout_start
    sti
.first:                                 ; not halted yet: if nothing comes, nothing would wake it
    cmp     ebx, [BDA_TICKS]
    jne     .ticking
    call    timeout_passed
    jnc     .first
.ticking:
    cli
    mov     eax, [BDA_TICKS]
    EXPECT_NOT ebx, "ticks"
    cmp     eax, ebx
    je      .done
    add     eax, 10
    sti
.halted:
    hlt
    cmp     eax, [BDA_TICKS]
    ja      .halted
    cli

    in      al, PIC1_DATA
    or      al, 1
    out     PIC1_DATA, al
    mov     ebx, [BDA_TICKS]
    mov     ecx, 2
    call    timeout_start
    sti
.masked:
    call    timeout_passed
    jnc     .masked
    cli
    mov     eax, [BDA_TICKS]
    EXPECT  ebx, "ticks with the interrupt masked"
    in      al, PIC1_DATA
    and     al, ~1
    out     PIC1_DATA, al
.done:
    call    pit_default
    ret

; Step 16: the RTC's periodic interrupt comes through the second controller and its cascade; the time
; of day is there in BCD.
RTC_SECONDS     equ 0x00
RTC_A           equ 0x0a
RTC_B           equ 0x0b
RTC_C           equ 0x0c
RTC_B_PIE       equ 0x40

step_rtc:
    mov     dword [VAR_RTC_IRQS], 0
    mov     ax, 0x26 << 8 | RTC_A       ; 32 kHz crystal, 1024 Hz
    call    cmos_write
    mov     al, RTC_B
    call    cmos_read
    mov     ah, al
    push    ax
    or      ah, RTC_B_PIE
    mov     al, RTC_B
    call    cmos_write
    mov     al, RTC_C                   ; what is pending would hold the line
    call    cmos_read
    in      al, PIC2_DATA
    and     al, ~1
    out     PIC2_DATA, al
    mov     cx, 24                      ; interrupts, not time: a host that stood still has held up both clocks
    sti
.wait:
    hlt                                 ; IRQ 0 at 18 Hz ends this, too
    cmp     dword [VAR_RTC_IRQS], 4
    jae     .enough
    loop    .wait
.enough:
    cli
    in      al, PIC2_DATA
    or      al, 1
    out     PIC2_DATA, al
    pop     ax
    mov     al, RTC_B
    call    cmos_write
    mov     al, RTC_C
    call    cmos_read
    mov     eax, [VAR_RTC_IRQS]
    cmp     eax, 4
    jae     .counted
    EXPECT  4, "periodic interrupts"
.counted:
    mov     al, RTC_SECONDS
    call    cmos_read
    movzx   eax, al
    cmp     al, 0x60
    jb      .valid
    EXPECT  0x59, "seconds, at most"
.valid:
    ret

; Step 17: the power management timer counts, in 24 bits, at the ports a configuration register gave it.
step_pm_timer:
    cmp     word [VAR_PM_PORT], 0
    jne     .present
    mov     byte [VAR_STEP_SKIP], 1
    ret
.present:
    mov     dx, [VAR_PM_PORT]
    in      eax, dx
    mov     ebx, eax
    mov     ecx, 100000
.wait:
    in      eax, dx
    cmp     eax, ebx
    loope   .wait, ecx
    EXPECT_NOT ebx, "the count"
    mov     ecx, 1000
.order:                                 ; each later look is ahead of the former by less than half a turn
    mov     ebx, eax
    in      eax, dx
    mov     esi, eax
    sub     esi, ebx
    and     esi, PM_TIMER_MASK
    cmp     esi, 0x00800000
    jae     .backwards
    loop    .order, ecx
    shr     eax, 24
    EXPECT  0, "bits above 24"

    mov     bx, [VAR_PM_BDF]            ; decoding off: the port is a hole
    mov     di, 0x80
    mov     al, 0
    call    pci_write8
    in      eax, dx
    EXPECT  0xffffffff, "the port with decoding off"
    mov     al, 1
    call    pci_write8
    in      eax, dx
    EXPECT_NOT 0xffffffff, "the port with decoding on"
    ret
.backwards:
    EXPECT  ebx, "the count went backwards"
    ret
