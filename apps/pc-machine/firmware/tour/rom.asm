; Steps 13 and 14: places that do not take what is written to them.

; Step 13: no kind of store changes the ROM, or the shadow once it is write-protected.
step_rom:
    mov     edi, ROM_HIGH + SHADOW_SPARE
    call    .attempt
    EXPECT  0, "the ROM below 4 GiB"
    mov     edi, BIOS_LINEAR + SHADOW_SPARE
    call    .attempt
    EXPECT  0, "the write-protected shadow"
    mov     esi, ROM_HIGH + RESET_OFFSET
    mov     edi, BIOS_LINEAR + RESET_OFFSET
    mov     eax, [edi]
    EXPECT  [esi], "the reset vector in both places"
    ret

; Tries every store on the eight bytes at EDI; EAX = what can be seen of it (0: nothing).
.attempt:
    mov     byte [edi], 0xff
    mov     word [edi + 1], 0xffff
    mov     dword [edi + 4], 0xffffffff
    mov     eax, 0xffffffff
    xchg    eax, [edi]
    lock or dword [edi + 4], 0x0f0f0f0f
    inc     byte [edi + 2]
    push    edi
    mov     ecx, 8
    mov     al, 0xee
    cld
    a32 rep stosb
    pop     edi
    push    edi
    mov     esi, BDA_EQUIPMENT
    mov     ecx, 2
    a32 rep movsd
    pop     edi
    mov     eax, [edi]
    or      eax, [edi + 4]
    ret

; Step 14: where nothing is, reads give a fixed value and writes vanish; nothing traps.
HOLE            equ 0xfd000000
HOLE_PORT       equ 0x5000

step_holes:
    mov     ebx, HOLE
    mov     dword [ebx], 0x01020304
    mov     eax, [ebx]
    SAY     "  memory hole reads "
    call    print_hex32
    mov     dx, HOLE_PORT
    xor     eax, eax
    out     dx, eax
    in      eax, dx
    SAY     ", port hole "
    call    print_hex32
    SAY     10
    EXPECT  0xffffffff, "a port nobody has"
    in      ax, dx
    movzx   eax, ax
    EXPECT  0xffff, "a port nobody has, word"
    in      al, dx
    movzx   eax, al
    EXPECT  0xff, "a port nobody has, byte"
    mov     eax, [ebx]
    mov     ecx, eax
    inc     ecx                         ; 0 or all ones, but the same at every width
    cmp     ecx, 1
    jbe     .uniform
    EXPECT  0xffffffff, "a memory hole"
.uniform:
    movzx   ecx, ax
    movzx   eax, word [ebx + 1]
    EXPECT  ecx, "a memory hole, word"
    movzx   ecx, cl
    movzx   eax, byte [ebx + 3]
    EXPECT  ecx, "a memory hole, byte"
    ret
