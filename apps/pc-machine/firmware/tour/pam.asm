; Step 3, PAM: the host bridge decides for each piece of 0xc0000..0xfffff whether reads and writes
; reach RAM or what lies on the PCI side (here the ROM). The step exchanges the very segment it is
; written in, so it runs from a copy at 0x20000.

step_pam:
    call    image_to_copy
    push    cs                          ; the far return address of pam_body
    push    word .back
    push    word COPY_SEG
    push    word pam_body
    retf
.back:
    ; From here on the code comes out of the shadow. Prove it: patch an instruction, run it.
    mov     al, PAM_READ | PAM_WRITE
    call    pam_f_set
    mov     byte [dword BIOS_LINEAR + pam_probe + 1], 0x53
    call    pam_probe
    EXPECT  0x53, "a patched instruction of the shadow"
    mov     byte [dword BIOS_LINEAR + pam_probe + 1], 0x52
    mov     al, PAM_READ
    call    pam_f_set
    ret

pam_probe:
    mov     al, 0x52                    ; the operand is patched
    movzx   eax, al
    ret

pam_body:
    mov     ebx, BIOS_LINEAR + SHADOW_SPARE
    mov     ecx, ROM_HIGH + SHADOW_SPARE

    mov     al, PAM_READ | PAM_WRITE    ; RAM, which is anything but the image yet
    call    pam_f_set
    mov     dword [ebx], 0x0badcafe
    mov     eax, [ebx]
    EXPECT  0x0badcafe, "RAM under the ROM, read/write mode"
    mov     al, 0
    call    pam_f_set
    mov     eax, [ebx]
    EXPECT  [ecx], "ROM again in ROM mode"

    ; Reading ROM while writing RAM is the mode the hardware has for copying. Emulators may let it read
    ; RAM as well, or lose the writes; so it is told, not judged.
    SAY     "  read-ROM/write-RAM mode: reads "
    mov     al, PAM_WRITE
    call    pam_f_set
    mov     dword [ebx], 0x600d600d
    mov     eax, [ebx]
    cmp     eax, [ecx]
    jne     .reads_ram
    SAY     "ROM, writes "
    jmp     .written
.reads_ram:
    SAY     "RAM, writes "
.written:
    mov     al, PAM_READ
    call    pam_f_set
    mov     eax, [ebx]
    cmp     eax, 0x600d600d
    jne     .lost
    SAY     "RAM", 10
    jmp     .copy
.lost:
    SAY     "nothing", 10
    EXPECT  0x0badcafe, "RAM in read-only mode"

.copy:
    mov     al, PAM_READ | PAM_WRITE
    call    pam_f_set
    call    image_to_shadow
    mov     esi, ROM_HIGH
    mov     edi, BIOS_LINEAR
    mov     ecx, IMAGE_SIZE / 4
    a32 repe cmpsd
    mov     eax, ecx
    EXPECT  0, "the copy equals the ROM, words left"
    mov     dword [ebx], 0x11112222
    mov     eax, [ebx]
    EXPECT  0x11112222, "a write sticks in read/write mode"

    mov     al, PAM_READ
    call    pam_f_set
    mov     dword [ebx], 0x33334444
    mov     eax, [ebx]
    EXPECT  0x11112222, "a write does not stick in read-only mode"
    mov     al, 0
    call    pam_f_set
    mov     eax, [ebx]
    EXPECT  0, "the ROM under it has kept its bytes"

    mov     al, PAM_READ | PAM_WRITE
    call    pam_f_set
    mov     eax, [ebx]
    EXPECT  0x11112222, "the RAM has kept its bytes, too"
    mov     dword [ebx], 0
    mov     al, PAM_READ
    call    pam_f_set
    retf

; Sets the mode of 0xf0000..0xfffff: AL = PAM_READ | PAM_WRITE in any combination.
pam_f_set:
    push    ax
    push    bx
    push    di
    shl     al, 4
    mov     ah, al
    mov     bx, BDF_HOST
    mov     di, PAM_F
    call    pci_read8
    and     al, 0x0f
    or      al, ah
    call    pci_write8
    pop     di
    pop     bx
    pop     ax
    ret

; Copies of the image as the ROM below 4 GiB has it. Registers are preserved.
image_to_copy:
    pushad
    mov     edi, COPY_LINEAR
    jmp     image_copy
image_to_shadow:
    pushad
    mov     edi, BIOS_LINEAR
image_copy:
    mov     esi, ROM_HIGH
    mov     ecx, IMAGE_SIZE / 4
    cld
    a32 rep movsd
    popad
    ret

; For the start-up: the shadow in place, whatever the steps have done. Runs in segment F000, which the
; copying leaves as it is, byte by byte.
shadow_enable:
    call    image_to_copy
    push    cs
    push    word .back
    push    word COPY_SEG
    push    word .body
    retf
.body:
    mov     al, PAM_READ | PAM_WRITE
    call    pam_f_set
    call    image_to_shadow
    mov     al, PAM_READ
    call    pam_f_set
    retf
.back:
    ret
