; Steps 9 and 10: how wide an access is, is the processor's business; which widths a device knows is the
; device's. Between them the memory core splits, joins and orders bytes.

; Step 9: the dispi registers are 16 bits wide, the VGA ports in the same BAR 8 bits.
step_mmio_width:
    call    tour_needs_vga
    jz      .done
    mov     ebx, [VAR_VGA_BAR2]
    add     ebx, BAR2_DISPI
    mov     word [ebx + DISPI_XRES * 2], 640
    mov     word [ebx + DISPI_YRES * 2], 480
    mov     ax, DISPI_XRES
    call    dispi_read
    movzx   eax, ax
    EXPECT  640, "a word register, by port"
    mov     eax, [ebx + DISPI_YRES * 2]
    and     eax, 0xffff
    EXPECT  480, "a double word from a register pair, low"
    mov     dword [ebx + DISPI_YRES * 2], 600 | 16 << 16
    movzx   eax, word [ebx + DISPI_YRES * 2]
    EXPECT  600, "a double word to a register pair, low"
    movzx   eax, word [ebx + DISPI_BPP * 2]
    EXPECT  16, "a double word to a register pair, high"
    mov     eax, [ebx + DISPI_XRES * 2]
    EXPECT  640 | 600 << 16, "a double word on a word boundary"
    movzx   eax, byte [ebx + DISPI_XRES * 2]
    EXPECT  640 & 0xff, "a byte of a word register"

    sub     ebx, BAR2_DISPI - BAR2_VGA_PORTS
    mov     word [ebx + VGA_GFX - 0x3c0], 0xa508    ; index 8 and its value in one go
    mov     dx, VGA_GFX + 1
    in      al, dx
    movzx   eax, al
    EXPECT  0xa5, "a word to two byte registers"
    movzx   eax, word [ebx + VGA_GFX - 0x3c0]
    EXPECT  0xa508, "a word from two byte registers"
    mov     byte [ebx + VGA_GFX - 0x3c0 + 1], 0xff
    in      al, dx
    movzx   eax, al
    EXPECT  0xff, "a byte to one of them"
.done:
    ret

; Step 10: the configuration data port takes one, two and four bytes at 0xcfc..0xcff. The PAM registers
; of 0xc0000..0xdffff are four bytes in a row that hold what is written.
PAM_C0          equ 0x5a

step_port_width:
    mov     bx, BDF_HOST
    xor     di, di
    call    pci_read32
    mov     esi, eax
    mov     di, 2
    call    pci_read16
    mov     cx, ax
    shl     ecx, 16
    mov     di, 0
    call    pci_read16
    mov     cx, ax
    mov     eax, ecx
    EXPECT  esi, "two words"
    mov     di, 3
.byte:
    call    pci_read8
    shl     ecx, 8
    mov     cl, al
    dec     di
    jns     .byte
    mov     eax, ecx
    EXPECT  esi, "four bytes"

    mov     di, PAM_C0 & ~3             ; 0x58: 0x59 is the shadow's own, and stays out of it
    call    pci_read32
    mov     esi, eax
    mov     di, PAM_C0
    mov     ax, 0x1011
    call    pci_write16
    mov     di, PAM_C0 + 1
    mov     al, 0x01
    call    pci_write8
    mov     di, PAM_C0 & ~3
    call    pci_read32
    shr     eax, 16
    EXPECT  0x0111, "a word and a byte written"
    call    pci_read32
    mov     ecx, esi
    mov     cx, ax
    mov     eax, ecx
    call    pci_write32
    call    pci_read32
    EXPECT  esi, "a double word written"
    ret
