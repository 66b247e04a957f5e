; Steps 5 and 6: the VGA window at 0xa0000. It lies over RAM, its place and width follow a VGA register,
; and in one mode it is nothing but an alias of a piece of the frame buffer.

TEXT_CELL       equ 0xb9000             ; behind the 25 lines that are seen

; Step 5: text memory takes and gives bytes, words and double words alike. Moving the window to
; 0xa0000 takes it away from 0xb8000, moving it back shows the same cells.
step_vga_text:
    call    tour_needs_vga
    jz      .done
    mov     ebx, TEXT_CELL
    mov     dword [ebx], 0x1f421e41
    movzx   eax, byte [ebx]
    EXPECT  0x41, "first byte of a cell"
    movzx   eax, byte [ebx + 3]
    EXPECT  0x1f, "fourth byte"
    movzx   eax, word [ebx + 1]
    EXPECT  0x421e, "unaligned word"
    mov     word [ebx + 1], 0x3b44
    mov     eax, [ebx]
    EXPECT  0x1f3b4441, "double word after an unaligned word was written"
    mov     word [ebx + 2], 0x2c43
    mov     byte [ebx + 1], 0x1a
    mov     eax, [ebx]
    EXPECT  0x2c431a41, "double word put together from parts"

    mov     ax, 0x0606                  ; 64 KiB at 0xa0000, still odd/even
    call    vga_gfx_set
    mov     eax, [ebx]
    EXPECT_NOT 0x2c431a41, "window moved away"
    mov     eax, [ebx - 0x18000]
    EXPECT  0x2c431a41, "the cells at 0xa0000"
    mov     ax, 0x0e06                  ; 32 KiB at 0xb8000
    call    vga_gfx_set
    mov     eax, [ebx]
    EXPECT  0x2c431a41, "window moved back"
    mov     dword [ebx], 0x07200720
.done:
    ret

; Step 6: in the linear 256 colour mode the 64 KiB at 0xa0000 are an alias into the frame buffer, at an
; offset the dispi bank register sets. The same bytes show in BAR 0.
BANK_PLACE      equ 0x9234              ; behind what the text screen keeps in the same memory

step_vga_bank:
    call    tour_needs_vga
    jz      .done
    mov     ax, 0x0f02                  ; all planes written
    call    vga_seq_set
    mov     ax, 0x0e04                  ; planes chained: byte address = pixel
    call    vga_seq_set
    mov     ax, 0x4005
    call    vga_gfx_set
    mov     ax, 0x0506                  ; graphics, 64 KiB at 0xa0000
    call    vga_gfx_set
    mov     ebx, 0xa0000 + BANK_PLACE
    mov     edi, [VAR_VGA_BAR0]
    add     edi, BANK_PLACE
    xor     cx, cx
    mov     ax, DISPI_BANK
    call    dispi_write
    mov     dword [ebx], 0x10203040
    mov     eax, [edi]
    EXPECT  0x10203040, "bank 0 in the frame buffer"
    inc     cx
    call    .bank
    mov     dword [ebx], 0x50607080
    mov     eax, [edi + 0x10000]
    EXPECT  0x50607080, "bank 1 in the frame buffer"
    mov     dword [edi + 0x10000], 0x99999999
    mov     eax, [ebx]
    EXPECT  0x99999999, "the frame buffer in bank 1"
    dec     cx
    call    .bank
    mov     eax, [ebx]
    EXPECT  0x10203040, "bank 0 again"
    call    vga_text_registers
    call    video_cursor_show
.done:
    ret
.bank:
    mov     ax, DISPI_BANK
    call    dispi_write
    ret
