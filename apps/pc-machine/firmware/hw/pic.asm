; Interrupt controllers and the timer that feeds IRQ 0.

; IRQ 0..7 at vectors 08h.., 8..15 at 70h..; open: 0 (timer), 2 (cascade), 4 (serial).
pic_init:
    OUTB    PIC1_CMD, 0x11
    OUTB    PIC2_CMD, 0x11
    OUTB    PIC1_DATA, 0x08
    OUTB    PIC2_DATA, 0x70
    OUTB    PIC1_DATA, 0x04             ; slave on line 2
    OUTB    PIC2_DATA, 0x02
    OUTB    PIC1_DATA, 0x01
    OUTB    PIC2_DATA, 0x01
    OUTB    PIC1_DATA, ~((1 << 0) | (1 << 2) | (1 << 4)) & 0xff
    OUTB    PIC2_DATA, 0xff
    ret

; With a local APIC in the processor the controllers' line reaches it through LINT0, which is closed at
; reset: open it as an external interrupt, and LINT1 for NMI.
LAPIC           equ 0xfee00000
LAPIC_SPURIOUS  equ 0xf0
LAPIC_LINT0     equ 0x350
LAPIC_LINT1     equ 0x360

lapic_virtual_wire:
    pushad
    mov     eax, 1
    cpuid
    test    dh, 1 << 1                  ; bit 9
    jz      .done
    mov     ebx, LAPIC
    mov     dword [ebx + LAPIC_SPURIOUS], 0x1ff
    mov     dword [ebx + LAPIC_LINT0], 0x700
    mov     dword [ebx + LAPIC_LINT1], 0x400
.done:
    popad
    ret

; 18.2 ticks a second
pit_default:
    xor     ax, ax
; Channel 0 divides by AX (0 = 65536).
pit_set:
    push    ax
    OUTB    PIT_CMD, 0x34               ; channel 0, low and high byte, mode 2
    pop     ax
    out     PIT_CH0, al
    xchg    al, ah
    out     PIT_CH0, al
    ret
