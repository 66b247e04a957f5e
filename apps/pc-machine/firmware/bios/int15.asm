; INT 15h: how much memory there is, block moves, the A20 gate, waiting.

int15:
    INT_ENTER
    CALLER_CLC
    cmp     ax, 0xe820
    je      .map
    cmp     ax, 0xe801
    je      .sizes
    cmp     ah, 0x88
    je      .extended
    cmp     ah, 0x87
    je      .move
    cmp     ah, 0x24
    je      .a20
    cmp     ah, 0x86
    je      .wait
    cmp     ah, 0xc0
    je      .configuration
.unknown:
    mov     byte [CALLER_AH], 0x86
    CALLER_STC
.leave:
    INT_LEAVE

.map:                                   ; entry EBX to ES:DI, at least 20 bytes
    cmp     edx, "PAMS"                 ; "SMAP", the first letter in the upper byte
    jne     .unknown
    cmp     ecx, 20
    jb      .unknown
    cmp     ebx, 4
    ja      .unknown
    mov     edx, ebx
    inc     edx                         ; the entry after this one
    imul    si, bx, 20
    add     si, memory_map
    mov     cx, 10
    push    di
    cs rep movsw
    pop     di
    cmp     bl, 2                       ; RAM below 4 GiB
    jne     .not_low
    mov     eax, [VAR_RAM_LOW]
    sub     eax, 0x100000
    mov     [es:di + 8], eax
.not_low:
    cmp     bl, 3
    jne     .not_before_high
    cmp     dword [VAR_RAM_HIGH], 0
    je      .last
.not_before_high:
    cmp     bl, 4                       ; RAM above 4 GiB
    jne     .more
    mov     eax, [VAR_RAM_HIGH]
    mov     ecx, eax
    shl     eax, 16
    shr     ecx, 16
    mov     [es:di + 8], eax
    mov     [es:di + 12], ecx
.last:
    xor     edx, edx
.more:
    mov     [CALLER_BX], edx
    mov     dword [CALLER_CX], 20
    mov     dword [CALLER_AX], "PAMS"
    jmp     .leave

.sizes:
    mov     eax, [VAR_RAM_LOW]
    sub     eax, 0x100000
    shr     eax, 10                     ; KiB above 1 MiB
    xor     ebx, ebx
    cmp     eax, 15 << 10
    jbe     .small
    mov     ebx, eax
    sub     ebx, 15 << 10
    shr     ebx, 6                      ; 64 KiB above 16 MiB
    mov     ax, 15 << 10
.small:
    mov     [CALLER_AX], ax
    mov     [CALLER_CX], ax
    mov     [CALLER_BX], bx
    mov     [CALLER_DX], bx
    jmp     .leave

.extended:
    mov     al, CMOS_EXT_LOW
    call    cmos_read16
    mov     [CALLER_AX], ax
    jmp     .leave

.move:                                  ; CX words; ES:SI = descriptors, 10h source, 18h destination
    mov     eax, [es:si + 0x12]
    and     eax, 0x00ffffff
    mov     ebx, [es:si + 0x14]
    and     ebx, 0xff000000
    or      eax, ebx
    mov     edx, [es:si + 0x1a]
    and     edx, 0x00ffffff
    mov     ebx, [es:si + 0x1c]
    and     ebx, 0xff000000
    or      edx, ebx
    movzx   ecx, cx
    mov     esi, eax
    mov     edi, edx
    push    word 0
    pop     es
    call    enter_flat                  ; the caller may have left 64 KiB limits
    a32 rep movsw
    mov     byte [CALLER_AH], 0
    jmp     .leave

.a20:
    cmp     al, 1
    jbe     .a20_set
    cmp     al, 2
    je      .a20_get
    cmp     al, 3
    jne     .unknown
    mov     word [CALLER_BX], 3         ; both gates
    jmp     .a20_done
.a20_set:
    call    a20_by_8042
    call    a20_by_port92
    jmp     .a20_done
.a20_get:
    call    enter_flat
    call    a20_probe
    mov     [CALLER_AL], al
.a20_done:
    mov     byte [CALLER_AH], 0
    jmp     .leave

.wait:                                  ; CX:DX microseconds
    mov     ax, cx
    shl     eax, 16
    mov     ax, dx
    xor     edx, edx
    mov     ebx, 1000
    div     ebx
    inc     eax
    mov     ecx, eax
    call    timeout_start
    sti
.waiting:
    call    timeout_passed
    jnc     .waiting
    jmp     .leave

.configuration:
    mov     word [CALLER_ES], cs
    mov     word [CALLER_BX], system_configuration
    mov     byte [CALLER_AH], 0
    jmp     .leave

section .rodata
align 4
memory_map:                             ; base, length, kind: 1 RAM, 2 reserved
    dd      0x00000000, 0, 0x000a0000, 0, 1
    dd      BIOS_LINEAR, 0, IMAGE_SIZE, 0, 2
    dd      0x00100000, 0, 0, 0, 1      ; length to be filled in
    dd      ROM_HIGH, 0, IMAGE_SIZE, 0, 2
    dd      0, 1, 0, 0, 1               ; length to be filled in
system_configuration:
    dw      8
    db      0xfc, 0, 0, 0x60, 0, 0, 0, 0    ; AT; second interrupt controller, RTC
section .text
