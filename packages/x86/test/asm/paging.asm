; Paging: every combination of present, writable and user in both levels, by ring, kind of access and CR0.WP;
; accessed and dirty bits, CR2 and error codes, accesses across two pages, INVLPG, 4 MiB pages.
%include "lib.inc"
%include "paging.inc"

  [section .tab]
        align 4
pte_vals: dd 8, BUF+0, BUF+1, BUF+2, BUF+3, BUF+4, BUF+5, BUF+6, BUF+7
pde_vals: dd 5, PDIR+0, PDIR+1, PDIR+3, PDIR+5, PDIR+7
second: dd 4, BUF2+7, BUF2+6, BUF2+5, BUF2+3
  __SECT__

v_wp    equ v_mark

prepare:
        call fill_buffers
        mov eax, [i_eax]
        mov [PTE1], eax
        mov eax, [i_ecx]
        mov [PDE1], eax
        mov dword [PTE2], BUF2+7
prepare_cr0:
        mov eax, cr0
        and eax, ~0x10000
        or eax, [v_wp]
        mov cr0, eax
        mov eax, cr3
        mov cr3, eax
        ret
prepare2:
        call fill_buffers
        mov dword [PTE1], BUF+7
        mov dword [PDE1], PDIR+7
        mov eax, [i_eax]
        mov [PTE2], eax
        jmp prepare_cr0

%macro MATRIX 0
        BEGIN "read"
        mov ebx, [WINDOW+0x10]
        END
        BEGIN "write"
        mov dword [WINDOW+0x10], 0x600dbeef
        END
        BEGIN "read, then write"
        mov ebx, [WINDOW+0x10]
        inc ebx
        mov [WINDOW+0x18], ebx
        END
%endmacro

main:
        call make_page_tables
        call fill_buffers
        BEFORE prepare
        SHOW I_EAX|I_ECX|S_EBX|S_VEC|S_ERR|S_CR2|S_EIP
        SHOW_MEM PDE1, 8
        A_VALUES pte_vals
        B_VALUES pde_vals
        NOTE "ring 0, WP clear"
        MATRIX
        NOTE "ring 0, WP set"
        mov dword [v_wp], 0x10000
        MATRIX
        NOTE "ring 3"
        RING 3
        MATRIX
        mov dword [v_wp], 0
        NOTE "ring 3, WP clear"
        MATRIX
        RING 0

        NOTE "fetch"
        SHOW I_EAX|S_EAX|S_VEC|S_ERR|S_CR2|S_EIP
        BEGIN "call into the window"
        ; nop, inc edx twice, retf
        mov dword [BUF+0x20], 0xcb424290
        call SEL_FLAT:WINDOW+0x20
        END

        NOTE "two pages"
        BEFORE prepare2
        A_VALUES second
        B_VALUES one_zero
        SHOW I_EAX|S_EAX|S_ECX|S_ESI|S_EDI|S_ESP|S_FL|S_VEC|S_ERR|S_CR2|S_EIP
        SHOW_MEM PDE1, 12
%macro WP_BOTH 0
        RING 0
        mov dword [v_wp], 0x10000
        BOTH
        RING 3
        BOTH
        RING 0
%endmacro
%macro BOTH 0
        BEGIN "dword read across"
        mov ecx, [WINDOW2-2]
        END
        BEGIN "word read across"
        mov cx, [WINDOW2-1]
        END
        BEGIN "read ending at the page end"
        mov ecx, [WINDOW2-4]
        END
        BEGIN "lgs-like far pointer read across"
        mov eax, [WINDOW2-3]
        lea ecx, [eax+1]
        END
%endmacro
        WP_BOTH
        SHOW_MEM BUF+0xff0, 0x20
%unmacro BOTH 0
%macro BOTH 0
        BEGIN "dword write across"
        mov dword [WINDOW2-1], 0xa1b2c3d4
        END
        BEGIN "word write across"
        mov word [WINDOW2-1], 0xa1b2
        END
        BEGIN "push across"
        mov esi, esp
        mov esp, WINDOW2+2
        push dword 0x12345678
        mov esp, esi
        END
        BEGIN "read-modify-write of the second page"
        mov ebx, [WINDOW2]
        add dword [WINDOW2], 0x11223344
        END
        BEGIN "xchg with the second page"
        mov ebx, [WINDOW2]
        xchg [WINDOW2], ecx
        END
        BEGIN "cmpxchg that does not match still writes"
        mov ebx, [WINDOW2]
        mov eax, 1
        cmpxchg [WINDOW2], ecx
        END
        BEGIN "pop into the second page"
        mov ebx, [WINDOW2]
        push dword 0x1234
        pop dword [WINDOW2]
        END
        BEGIN "rep movsd into the second page"
        mov esi, BUF+0x100
        mov edi, WINDOW2-8
        mov ecx, 4
        rep movsd
        END
        BEGIN "rep movsb backwards out of the second page"
        std
        mov esi, BUF+0x100
        mov edi, WINDOW2+3
        mov ecx, 8
        rep movsb
        END
        BEGIN "rep movsw from the second page"
        mov esi, WINDOW2-4
        mov edi, BUF+0x200
        mov ecx, 4
        rep movsw
        END
        BEGIN "rep stosb into the second page"
        mov edi, WINDOW2-3
        mov ecx, 6
        mov al, 0x99
        rep stosb
        END
        BEGIN "rep stosd, a dword across the pages"
        mov edi, WINDOW2-6
        mov ecx, 3
        mov eax, 0x89abcdef
        rep stosd
        END
        BEGIN "rep lodsb"
        mov esi, WINDOW2-3
        mov ecx, 6
        rep lodsb
        END
        BEGIN "repne scasb"
        mov edi, WINDOW2-3
        mov ecx, 6
        mov al, 0
        mov al, 1
        repne scasb
        END
        BEGIN "repe cmpsb"
        mov esi, WINDOW2-3
        mov edi, WINDOW2-3
        mov ecx, 6
        repe cmpsb
        END
        BEGIN "movsd single"
        mov esi, BUF+0x100
        mov edi, WINDOW2+8
        movsd
        END
        BEGIN "call on a stack in the second page"
        mov esi, esp
        mov esp, WINDOW2+4
        call %%f
        mov esp, esi
        jmp %%e
%%f:    ret
%%e:
        END
%endmacro
; with WP set and ring 0 a fault on the stack could not be delivered: those run in ring 3
        RING 3
        BOTH
%unmacro BOTH 0
%macro BOTH 0
        BEGIN "ring 0: dword write across"
        mov dword [WINDOW2-1], 0xa1b2c3d4
        END
        BEGIN "ring 0: rep movsd"
        mov esi, BUF+0x100
        mov edi, WINDOW2-8
        mov ecx, 4
        rep movsd
        END
        BEGIN "ring 0: rep stosb"
        mov edi, WINDOW2-3
        mov ecx, 6
        rep stosb
        END
%endmacro
        RING 0
        BOTH
        mov dword [v_wp], 0
        BOTH

        NOTE "code across pages"
        SHOW S_EAX|S_VEC|S_ERR|S_CR2
        SHOW_MEM 0, 0
        BEGIN "an instruction across two pages"
        mov word [BUF+0xffe], 0x78b8            ; mov eax, 0x12345678, then retf
        mov dword [BUF+0x1000], 0xcb123456
        call SEL_FLAT:WINDOW2-2
        END
        BEGIN "running on into the next page"
        mov dword [BUF+0xffc], 0x40909090
        mov dword [BUF+0x1000], 0x9090cb40
        xor eax, eax
        call SEL_FLAT:WINDOW2-4
        END

        NOTE "changing entries"
        BEFORE prepare2
        A_VALUES plain
        SHOW S_EAX|S_EBX|S_ECX|S_EDX|S_VEC|S_ERR|S_CR2
        BEGIN "invlpg after moving a page"
        mov dword [BUF], 0x11111111
        mov dword [BUF2], 0x22222222
        mov eax, [WINDOW]
        mov dword [PTE1], BUF2+7
        invlpg [WINDOW+0x123]
        mov ecx, [WINDOW]
        mov dword [PTE1], BUF+7
        mov edx, cr3
        mov cr3, edx
        mov edx, [WINDOW]
        END
        BEGIN "invlpg after taking a page away"
        mov eax, [WINDOW]
        mov dword [PTE1], 0
        invlpg [WINDOW]
        mov ecx, [WINDOW]
        END
        BEGIN "a page that comes: no invalidation needed"
        mov dword [PTE1], 0
        mov ecx, cr3
        mov cr3, ecx
        mov ecx, 1
        mov dword [PTE1], BUF+7
        mov eax, [WINDOW]
        END
        BEGIN "two pages of one frame"
        mov dword [PTE2], BUF+7
        mov ecx, cr3
        mov cr3, ecx
        mov dword [WINDOW+0x44], 0x12121212
        mov eax, [WINDOW2+0x44]
        mov dword [WINDOW2+0x44], 0x34343434
        mov ecx, [WINDOW+0x44]
        mov edx, [BUF+0x44]
        END
        BEGIN "paging off and on"
        mov ebx, cr0
        and ebx, 0x7fffffff
        mov cr0, ebx
        jmp .off
.off:   mov eax, [BUF+8]
        or ebx, 0x80000000
        mov cr0, ebx
        jmp .on
.on:    mov ecx, [WINDOW+8]
        xor ebx, ebx
        END
        BEGIN "dirty bit at a write after a read, with the entry cached"
        mov eax, [WINDOW]
        mov ecx, [PTE1]
        mov [WINDOW], eax
        mov edx, [PTE1]
        mov ebx, [PDE1]
        END
        BEGIN "cr3 readback"
        mov eax, PDIR+0x18
        mov cr3, eax
        mov ecx, cr3
        mov eax, PDIR
        mov cr3, eax
        END

        NOTE "4 MiB pages"
        mov eax, cr4
        or al, 0x10
        mov cr4, eax
        SHOW I_EAX|I_ECX|S_EBX|S_VEC|S_ERR|S_CR2|S_X0
        SHOW_MEM PDIR+0x40, 4
        BEFORE prepare_big
        A_VALUES big_vals
        B_VALUES one_zero
%macro BIG 0
        BEGIN "4 MiB page: read"
        mov ebx, [0x4000000+BUF+0x10]
        END
        BEGIN "4 MiB page: write"
        mov dword [0x4000000+BUF+0x10], 0x12345678
        mov ebx, [BUF+0x10]
        END
%endmacro
        BIG
        RING 3
        BIG
        RING 0
        FINISH

prepare_big:
        call fill_buffers
        mov eax, [i_eax]
        mov [PDIR+0x40], eax
        jmp prepare_cr0

VALUES plain, BUF2+7
VALUES big_vals, 0x80, 0x81, 0x83, 0x85, 0x87, 0xe7
