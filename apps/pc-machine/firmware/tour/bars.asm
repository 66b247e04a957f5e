; Steps 7 and 8: windows the guest itself places. Wherever it puts them, the map only answers by
; precedence; taking them away brings back what was there.

; Step 7: BAR 0 of the display says its size, moves with its contents, and goes with the command bit.
FRAME_PLACE     equ 0x40000

step_bar_move:
    call    tour_needs_vga
    jz      .done
    mov     bx, [VAR_VGA_BDF]
    mov     di, PCI_BAR0
    mov     esi, [VAR_VGA_BAR0]
    call    pci_bar_size
    mov     ecx, eax
    neg     eax
    SAY     "  frame buffer of "
    push    eax
    shr     eax, 20
    call    print_decimal
    SAY     " MiB at "
    mov     eax, esi
    call    print_hex32
    SAY     10
    pop     eax
    dec     eax                         ; a power of two has no bit in common with itself less one
    mov     edx, eax
    inc     edx
    and     eax, edx
    EXPECT  0, "the size is a power of two"
    call    pci_read32
    and     al, 0xf0
    EXPECT  esi, "sizing left the address alone"

    mov     dword [esi + FRAME_PLACE], 0x13572468
    mov     eax, [esi + FRAME_PLACE]
    EXPECT  0x13572468, "frame buffer at its first place"
    mov     eax, BAR0_ELSEWHERE
    call    pci_write32
    mov     edx, BAR0_ELSEWHERE + FRAME_PLACE
    mov     eax, [edx]
    EXPECT  0x13572468, "frame buffer at its second place"
    mov     eax, [esi + FRAME_PLACE]
    EXPECT_NOT 0x13572468, "first place after the move"

    push    di
    mov     di, PCI_COMMAND
    call    pci_read16
    and     al, ~2                      ; memory off
    call    pci_write16
    mov     ecx, eax
    mov     eax, [edx]
    EXPECT_NOT 0x13572468, "frame buffer with memory decoding off"
    mov     dword [edx], 0
    mov     eax, ecx
    or      al, 2
    call    pci_write16
    pop     di
    mov     eax, [edx]
    EXPECT  0x13572468, "frame buffer with memory decoding on"
    mov     eax, esi
    call    pci_write32
    mov     eax, [esi + FRAME_PLACE]
    EXPECT  0x13572468, "frame buffer back"
.done:
    ret

; Step 8: BAR 2 (registers) over RAM. Main memory comes before PCI, so there it is not seen at all.
; At 0xe8000 the PAM register chooses: RAM, or the PCI side. Where the PCI side has nothing, what lies
; beneath shows through it (RAM again); a BAR put there covers the RAM until it moves away.
BAR_UNDER_RAM   equ 0x00800000
BAR_IN_PAM      equ 0x000e8000
DISPI_ID_FAMILY equ 0xb0c0              ; the low nibble is the version

step_bar_ram:
    call    tour_needs_vga
    jz      .done
    mov     bx, [VAR_VGA_BDF]
    mov     di, PCI_BAR2

    mov     ecx, BAR_UNDER_RAM + BAR2_DISPI
    mov     dword [ecx], 0xa1b2c3d4
    mov     eax, BAR_UNDER_RAM
    call    pci_write32
    mov     eax, [ecx]
    EXPECT  0xa1b2c3d4, "RAM with a BAR beneath"
    mov     dword [ecx], 0x1a2b3c4d
    mov     eax, [ecx]
    EXPECT  0x1a2b3c4d, "RAM with a BAR beneath, written"

    mov     ecx, BAR_IN_PAM + BAR2_DISPI
    mov     al, PAM_READ | PAM_WRITE
    call    pam_e8_set
    mov     dword [ecx], 0x77665544
    mov     al, 0
    call    pam_e8_set
    mov     eax, [ecx]
    EXPECT  0x77665544, "RAM through the empty PCI side"
    mov     eax, BAR_IN_PAM
    call    pci_write32
    call    .id
    EXPECT  DISPI_ID_FAMILY, "BAR over RAM"
    mov     al, PAM_READ | PAM_WRITE
    call    pam_e8_set
    mov     eax, [ecx]
    EXPECT  0x77665544, "RAM over the BAR"
    mov     al, 0
    call    pam_e8_set
    call    .id
    EXPECT  DISPI_ID_FAMILY, "BAR shown again"

    mov     eax, [VAR_VGA_BAR2]
    call    pci_write32
    mov     eax, [ecx]
    EXPECT  0x77665544, "RAM after the BAR left"
    mov     ecx, [VAR_VGA_BAR2]
    add     ecx, BAR2_DISPI
    call    .id
    EXPECT  DISPI_ID_FAMILY, "BAR back at its place"
    mov     ecx, BAR_UNDER_RAM + BAR2_DISPI
    mov     eax, [ecx]
    EXPECT  0x1a2b3c4d, "RAM that had the BAR beneath"
.done:
    ret
.id:
    movzx   eax, word [ecx]
    and     al, 0xf0
    ret

; Mode AL for 0xe8000..0xebfff
pam_e8_set:
    push    ax
    push    bx
    push    di
    mov     ah, al
    mov     bx, BDF_HOST
    mov     di, PAM_E8
    call    pci_read8
    and     al, 0xf0
    or      al, ah
    call    pci_write8
    pop     di
    pop     bx
    pop     ax
    ret
