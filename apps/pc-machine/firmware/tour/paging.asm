; Step 18, paging: the processor's own map before the machine's. One linear page is pointed at two
; physical ones in turn; after the way back to real mode the values are where the page table said.

PAGE_DIRECTORY  equ SCRATCH
PAGE_TABLE      equ SCRATCH + 0x1000
LINEAR_PAGE     equ 0x00200000
PHYSICAL_A      equ 0x00300000
PHYSICAL_B      equ 0x00301000

step_paging:
    mov     ebx, PHYSICAL_A
    mov     dword [ebx], 0x0000aaaa
    mov     dword [ebx + PHYSICAL_B - PHYSICAL_A], 0x0000bbbb
    mov     dword [ebx + LINEAR_PAGE - PHYSICAL_A], 0x0000cccc
    mov     si, paging_visit
    call    protected_call
    EXPECT  0xbbbbaaaa, "the two pages in turn"
    mov     eax, [ebx]
    EXPECT  0x1111aaaa, "the first page, from real mode"
    mov     eax, [ebx + PHYSICAL_B - PHYSICAL_A]
    EXPECT  0x2222bbbb, "the second page, from real mode"
    mov     eax, [ebx + LINEAR_PAGE - PHYSICAL_A]
    EXPECT  0x0000cccc, "the page at the same physical address"
    mov     eax, [dword PAGE_TABLE + (LINEAR_PAGE >> 12) * 4]
    and     eax, 0x60
    EXPECT  0x60, "accessed and dirty bits"
    ret

bits 32
; EAX = low words seen through the page: first in the lower half, second in the upper. Leaves 0x1111
; and 0x2222 in the upper halves.
paging_visit:
    mov     edi, PAGE_DIRECTORY
    mov     ecx, 1024
    xor     eax, eax
    cld
    rep stosd
    mov     dword [PAGE_DIRECTORY], PAGE_TABLE | 7
    mov     eax, 7                      ; 4 MiB to themselves
    mov     ecx, 1024
.entry:
    stosd                               ; the table follows the directory
    add     eax, 0x1000
    loop    .entry
    mov     dword [PAGE_TABLE + (LINEAR_PAGE >> 12) * 4], PHYSICAL_A | 7
    mov     eax, PAGE_DIRECTORY
    mov     cr3, eax
    mov     eax, cr0
    or      eax, 0x80000000
    mov     cr0, eax

    mov     edi, LINEAR_PAGE
    movzx   edx, word [edi]
    mov     word [edi + 2], 0x1111
    mov     dword [PAGE_TABLE + (LINEAR_PAGE >> 12) * 4], PHYSICAL_B | 7
    invlpg  [edi]
    mov     ax, [edi]
    mov     word [edi + 2], 0x2222
    shl     eax, 16
    or      edx, eax

    mov     eax, cr0
    and     eax, 0x7fffffff
    mov     cr0, eax
    xor     eax, eax
    mov     cr3, eax
    mov     eax, edx
    ret
bits 16
