; Step 1, RAM size: what fw_cfg says, what CMOS says, and what memory does must be one story. The last
; page below 4 GiB takes a value and the byte behind it does not; RAM that did not fit below continues
; at 4 GiB, which a processor with PAE can look at through its page tables.

step_ram:
    SAY     "  low RAM ends at "
    mov     eax, [VAR_RAM_LOW]
    call    print_hex32
    SAY     ", above 4 GiB: "
    mov     eax, [VAR_RAM_HIGH]
    shr     eax, 4                      ; 64 KiB -> MiB
    call    print_decimal
    SAY     " MiB", 10

    mov     ax, FWCFG_RAM_SIZE
    call    fwcfg_select
    call    fwcfg_read32
    mov     ecx, eax                    ; low half; the high half follows
    mov     ebx, [VAR_RAM_HIGH]
    shl     ebx, 16
    add     ebx, [VAR_RAM_LOW]
    EXPECT  ebx, "fw_cfg RAM size, low half"
    mov     ebx, [VAR_RAM_HIGH]         ; carry of the sum above, in 64 KiB units
    mov     edx, [VAR_RAM_LOW]
    shr     edx, 16
    add     ebx, edx
    shr     ebx, 16
    call    fwcfg_read32
    EXPECT  ebx, "fw_cfg RAM size, high half"

    mov     ebx, [VAR_RAM_LOW]
    mov     dword [ebx - 4], 0x12345678
    mov     dword [ebx - 0x1000], 0x9abcdef0
    mov     eax, [ebx - 4]
    EXPECT  0x12345678, "last word of RAM"
    mov     eax, [ebx - 0x1000]
    EXPECT  0x9abcdef0, "last page of RAM"
    mov     dword [ebx], 0x55aa55aa
    mov     eax, [ebx]
    EXPECT_NOT 0x55aa55aa, "first word behind RAM takes a value"

    cmp     dword [VAR_RAM_HIGH], 0
    je      .done
    call    address_width
    cmp     al, 36
    jae     .reachable
    SAY     "  no 36-bit addresses in this processor: RAM above 4 GiB not looked at", 10
    ret
.reachable:
    mov     ebx, [VAR_RAM_HIGH]         ; last 2 MiB page of it: address / 64 KiB
    add     ebx, 0x10000 - 0x20
    mov     si, high_ram_touch
    call    protected_call
    EXPECT  0xfeedf00d, "last word of RAM above 4 GiB"
.done:
    ret

; AL = physical address bits the processor's page tables can name: 32 without PAE.
address_width:
    push    ebx
    push    ecx
    push    edx
    mov     eax, 1
    cpuid
    mov     al, 32
    test    edx, 1 << 6                 ; PAE
    jz      .done
    push    edx
    mov     eax, 0x80000000
    cpuid
    pop     edx
    cmp     eax, 0x80000008
    jb      .by_feature
    cmp     eax, 0x80010000             ; a processor without extended leaves answers with any other
    jae     .by_feature
    mov     eax, 0x80000008
    cpuid
    jmp     .done
.by_feature:
    mov     al, 36
    test    edx, 1 << 17                ; PSE-36
    jnz     .done
    mov     al, 32
.done:
    pop     edx
    pop     ecx
    pop     ebx
    ret

; EBX = address of a 2 MiB page in 64 KiB units. Writes its last word through a mapping at 2 MiB and
; returns what it reads back in EAX.
PAE_POINTERS    equ SCRATCH
PAE_DIRECTORY   equ SCRATCH + 0x1000
bits 32
high_ram_touch:
    mov     edi, PAE_POINTERS
    mov     ecx, 0x2000 / 4
    xor     eax, eax
    cld
    rep stosd
    mov     dword [PAE_POINTERS], PAE_DIRECTORY | 1
    mov     dword [PAE_DIRECTORY], 0x83 ; 0..2 MiB to itself: a large, writable, present page
    mov     eax, ebx
    shl     eax, 16
    or      al, 0x83
    mov     [PAE_DIRECTORY + 8], eax
    shr     ebx, 16
    mov     [PAE_DIRECTORY + 12], ebx
    mov     eax, cr4
    or      al, 1 << 5                  ; PAE
    mov     cr4, eax
    mov     eax, PAE_POINTERS
    mov     cr3, eax
    mov     eax, cr0
    or      eax, 0x80000000
    mov     cr0, eax
    mov     edi, 0x00400000 - 4
    mov     dword [edi], 0xfeedf00d
    wbinvd
    mov     edi, [edi]
    mov     eax, cr0
    and     eax, 0x7fffffff
    mov     cr0, eax
    xor     eax, eax
    mov     cr3, eax
    mov     eax, cr4
    and     al, ~(1 << 5)
    mov     cr4, eax
    mov     eax, edi
    ret
bits 16
