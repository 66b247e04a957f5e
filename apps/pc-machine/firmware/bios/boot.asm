; INT 19h starts the first disk; INT 18h is for when there is nothing to start.

int19:
    cli
    xor     ax, ax
    mov     ss, ax
    mov     esp, STACK_TOP
    mov     ds, ax
    mov     es, ax
    cld
    sti
    cmp     byte [BDA_DISK_COUNT], 0
    je      .nothing
    mov     di, BOOT_ADDRESS
    xor     edx, edx
    mov     ecx, 1
    call    ata_read
    jc      .unreadable
    cmp     word [BOOT_ADDRESS + 510], 0xaa55
    jne     .nothing
    SAY     "booting the first disk", 10
    xor     eax, eax
    mov     ebx, eax
    mov     ecx, eax
    mov     edx, 0x80
    mov     esi, eax
    mov     edi, eax
    mov     ebp, eax
    jmp     0:BOOT_ADDRESS
.unreadable:
    SAY     "the first disk cannot be read", 10
.nothing:
    int     0x18

int18:
    SAY     "no bootable disk", 10
    jmp     prompt
