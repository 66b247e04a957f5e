; Judged by the manual (QEMU's TCG does not check these): segment limits, rights and null selectors on ordinary
; accesses, instruction fetch at the end of a segment, lock on what cannot be locked.
%include "lib.inc"

%macro NO_FAULT 0
        EXPECT s_vec, -1
%endmacro
%macro FAULT 2                  ; vector, error code (real mode: none)
        EXPECT s_vec, %1
  %if MODE == 32
        EXPECT s_err, %2
  %endif
%endmacro

main:
        SHOW S_VEC|S_ERR|S_EIP|S_EAX|S_ECX|S_ESI|S_EDI
%if MODE == 16
%macro LIMIT 4+                 ; vector or -1, eip of the fault, text, instruction
        BEGIN %3
        mov bx, 0xffff
        mov bp, 0xffff
        mov ecx, 0x10000
%%at:   %4
        END
        EXPECT s_vec, %1
  %if %1 != -1
        EXPECT s_eip, 12
  %endif
%endmacro
        mov byte [0xffff], 0x5a
        LIMIT -1, 0, "byte at ffff", mov al, [bx]
        LIMIT -1, 0, "word at fffe", mov ax, [bx-1]
        LIMIT 13, 0, "word at ffff", mov ax, [bx]
        LIMIT 13, 0, "dword at fffd", mov eax, [bx-2]
        LIMIT -1, 0, "dword at fffc", mov eax, [bx-3]
        LIMIT 13, 0, "store of a word at ffff", mov [bx], ax
        LIMIT 12, 0, "word at ss:ffff", mov ax, [bp]
        LIMIT 12, 0, "store of a dword at ss:fffe", mov [bp-1], eax
        LIMIT 13, 0, "byte beyond 64 KiB", mov al, [ecx]
        LIMIT 13, 0, "store of a byte beyond 64 KiB", mov [ecx], al
        LIMIT 12, 0, "byte beyond 64 KiB of ss", mov al, [ss:ecx]
        LIMIT 13, 0, "add word at ffff", add word [bx], 1
        LIMIT 13, 0, "xchg word at ffff", xchg [bx], ax
        LIMIT 13, 0, "inc dword at fffe", inc dword [bx-1]
        LIMIT 13, 0, "jump beyond 64 KiB", jmp ecx
        LIMIT 13, 0, "call beyond 64 KiB", call ecx
        LIMIT 13, 0, "lgdt beyond 64 KiB", lgdt [bx-4]
        LIMIT 13, 0, "les beyond 64 KiB", les ax, [bx-2]
        LIMIT 13, 0, "bound beyond 64 KiB", bound ax, [bx-2]
        BEGIN "rep movsw into the end of the segment"
        mov esi, BUF
        mov edi, 0xfffb
        mov ecx, 4
        rep movsw
        END
        FAULT 13, 0
        EXPECT s_ecx, 2
        EXPECT s_esi, BUF+4
        EXPECT s_edi, 0xffff
        BEGIN "rep lodsd from the end of the segment"
        mov esi, 0xfff6
        mov ecx, 5
        rep lodsd
        END
        FAULT 13, 0
        EXPECT s_ecx, 3
        EXPECT s_esi, 0xfffe
        BEGIN "execution runs off the end of the segment"
        mov byte [0x1ffff-0x10000], 0x90
        mov word [0xfffd], 0x9090
        jmp 0:0xfffe
        END
        FAULT 13, 0
%else
SMALL   equ 0x50        ; data, limit 0xfff, base BUF
RO      equ 0x58        ; read-only data
DOWN    equ 0x60        ; expand-down, limit 0xfff, 32-bit
DOWN16  equ 0x68        ; expand-down, limit 0xfff, 16-bit
XONLY   equ 0x70        ; execute-only code
TINY    equ 0x78        ; code, base 0xf0000, limit below most of the program
PAGES   equ 0x80        ; data, page granular, limit 1 page
USMALL  equ 0x88+3      ; ring 3 data, limit 0xfff
URO     equ 0x90+3
        DESCRIPTOR SMALL, BUF, 0xfff, 0x93, 4
        DESCRIPTOR RO, BUF, 0xfff, 0x91, 4
        DESCRIPTOR DOWN, 0, 0xfff, 0x97, 4
        DESCRIPTOR DOWN16, 0, 0xfff, 0x97, 0
        DESCRIPTOR XONLY, 0xf0000, 0xffff, 0x99, 4
        DESCRIPTOR TINY, 0xf0000, 0x100, 0x9b, 4
        DESCRIPTOR PAGES, BUF, 0, 0x93, 0xc
        DESCRIPTOR USMALL, BUF, 0xfff, 0xf3, 4
        DESCRIPTOR URO, BUF, 0xfff, 0xf1, 4
%macro THROUGH 4+               ; vector or -1, selector, text, instruction using fs
        BEGIN {%3}
        mov ax, %2
        mov fs, ax
        mov ebx, 0xffc
        %4
        END
        EXPECT s_vec, %1
        EXPECT s_err, 0
  %if %1 != -1
        EXPECT s_eip, 11
  %endif
%endmacro
        THROUGH -1, SMALL, "dword at the limit", mov eax, [fs:ebx]
        THROUGH 13, SMALL, "dword one beyond", mov eax, [fs:ebx+1]
        THROUGH -1, SMALL, "word at the limit", mov ax, [fs:ebx+2]
        THROUGH 13, SMALL, "word one beyond", mov ax, [fs:ebx+3]
        THROUGH -1, SMALL, "byte at the limit", mov al, [fs:ebx+3]
        THROUGH 13, SMALL, "byte beyond", mov al, [fs:ebx+4]
        THROUGH 13, SMALL, "store beyond", mov [fs:ebx+1], eax
        THROUGH 13, SMALL, "far beyond", mov al, [fs:ebx+0x7fffffff]
        THROUGH 13, SMALL, "add beyond", add dword [fs:ebx+2], 1
        THROUGH -1, PAGES, "page granular, at the limit", mov eax, [fs:ebx]
        THROUGH 13, PAGES, "page granular, beyond", mov eax, [fs:ebx+1]
        THROUGH -1, RO, "reading read-only data", mov eax, [fs:ebx]
        THROUGH 13, RO, "writing read-only data", mov [fs:ebx], eax
        THROUGH 13, RO, "adding to read-only data", add [fs:ebx], eax
        THROUGH 13, RO, "xchg with read-only data", xchg [fs:ebx], eax
        THROUGH 13, RO, "bts in read-only data", bts dword [fs:ebx], 1
        THROUGH -1, RO, "bt in read-only data", bt dword [fs:ebx], 1
        THROUGH -1, RO, "cmp with read-only data", cmp [fs:ebx], eax
        THROUGH -1, RO, "arpl of read-only data that has the level", arpl [fs:ebx], bx
        BEGIN "arpl of read-only data whose level it would raise"
        mov ax, RO
        mov fs, ax
        mov word [BUF+0xff0], 0xfff2
        mov cx, 3
        arpl [fs:0xff0], cx
        END
        FAULT 13, 0
        THROUGH 13, SEL_CODE, "writing through a code segment", mov [fs:ebx], eax
        THROUGH -1, SEL_CODE, "reading through a code segment", mov eax, [fs:ebx]
        THROUGH 13, 0, "null selector, read", mov eax, [fs:ebx]
        THROUGH 13, 0, "null selector, write", mov [fs:ebx], eax
        THROUGH 13, 3, "null selector with rpl", mov al, [fs:ebx]
        THROUGH 13, DOWN, "expand-down, at its limit", mov al, [fs:ebx+3]
        THROUGH -1, DOWN, "expand-down, above its limit", mov al, [fs:ebx+4]
        THROUGH 13, DOWN, "expand-down, dword that begins below", mov eax, [fs:ebx+3]
        THROUGH -1, DOWN, "expand-down, 32-bit: beyond 64 KiB", mov al, [fs:ebx+0x10000]
        THROUGH -1, DOWN16, "expand-down, 16-bit: within 64 KiB", mov al, [fs:ebx+0xf003-0x1000+0xffc]
        THROUGH 13, DOWN16, "expand-down, 16-bit: beyond 64 KiB", mov al, [fs:ebx+0x10000]
        THROUGH 13, DOWN16, "expand-down, 16-bit: word across 64 KiB", mov ax, [fs:ebx+0xf003]
        THROUGH 13, SMALL, "movsb beyond", {db 0x64, 0x8a, 0x83, 0, 0x10, 0, 0}
        BEGIN "writing through cs"
        mov [cs:BUF], eax
        END
        FAULT 13, 0
        BEGIN "execute-only code cannot be read through"
        jmp XONLY:.a
.a:     mov eax, [cs:0x10]
        END
        FAULT 13, 0
        BEGIN "rep movsb up to the limit"
        mov ax, SMALL
        mov es, ax
        mov esi, BUF2
        mov edi, 0xffd
        mov ecx, 7
        rep movsb
        END
        FAULT 13, 0
        EXPECT s_ecx, 4
        EXPECT s_esi, BUF2+3
        EXPECT s_edi, 0x1000
        BEGIN "rep stosd up to the limit"
        mov ax, SMALL
        mov es, ax
        mov edi, 0xff6
        mov ecx, 7
        rep stosd
        END
        FAULT 13, 0
        EXPECT s_ecx, 5
        EXPECT s_edi, 0xffe
        BEGIN "rep movsd backwards below the segment"
        mov ax, SMALL
        mov es, ax
        std
        mov esi, BUF2+0x20
        mov edi, 8
        mov ecx, 7
        rep movsd
        END
        FAULT 13, 0
        EXPECT s_ecx, 4
        EXPECT s_edi, -4
        BEGIN "rep with count 0 beyond the limit is fine"
        mov ax, SMALL
        mov es, ax
        mov edi, 0x2000
        xor ecx, ecx
        rep stosb
        mov ax, ss
        mov es, ax
        END
        NO_FAULT

        NOTE "stack segment: ring 3, so that the fault has another stack"
        RING 3
%macro ON_SMALL 5+              ; vector, esp, esp expected, text, instruction
        BEGIN {%4}
        mov ax, USMALL
        mov ss, ax
        mov esp, %2
        mov ebp, esp
        %5
        mov ax, SEL_UDATA
        mov ss, ax
        mov esp, USTACK
        END
        EXPECT s_vec, %1
        EXPECT s_err, 0
        EXPECT s_esp, %3
%endmacro
        ON_SMALL 12, 0x1004, 0x1004, "push beyond", push eax
        ON_SMALL 12, 0xffe, 0xffe, "pop beyond", pop eax
        ON_SMALL 12, 2, 2, "push wraps below 0", push eax
        ON_SMALL 12, 0xffd, 0xffd, "load through ebp", mov eax, [ebp]
        ON_SMALL 12, 0xffd, 0xffd, "load through esp", mov eax, [esp]
        ON_SMALL 12, 8, 8, "pusha without room", pushad
        ON_SMALL 12, 0xff0, 0xff0, "popa without data", popad
        ON_SMALL 12, 0x1004, 0x1004, "call without room", call nothing
        ON_SMALL 12, 0xffe, 0xffe, "ret without an address", ret
        ON_SMALL 12, 4, 4, "enter without room", enter 8, 0
        ON_SMALL 12, 0xffe, 0xffe, "leave", leave
        ON_SMALL 12, 0x1004, 0x1004, "pushf without room", pushfd
        RING 0

        NOTE "code limit"
%macro TO 3+                    ; eip of the fault, text, code
        BEGIN {%2}
        %3
        END
        FAULT 13, 0
        EXPECT s_eip, %1
%endmacro
        TO 0, "jmp beyond the limit", {jmp dword 0x12345}
        TO 0, "call beyond the limit", {call dword 0x12345}
        BEGIN "jmp eax beyond the limit"
        mov eax, 0x10000
        jmp eax
        END
        FAULT 13, 0
        EXPECT s_eip, 5
        BEGIN "ret beyond the limit"
        push dword 0x10000
        ret
        END
        FAULT 13, 0
        EXPECT s_eip, 5
        BEGIN "jmp far beyond the limit"
        jmp SEL_CODE:0x10000
        END
        FAULT 13, 0
        EXPECT s_eip, 0
        BEGIN "jmp far into a segment too small"
        jmp TINY:.a
.a:
        END
        FAULT 13, 0
        EXPECT s_eip, 0
        BEGIN "conditional jump beyond the limit"
        xor eax, eax
        jz near 0x12345
        END
        FAULT 13, 0
        EXPECT s_eip, 2
        BEGIN "a conditional jump that is not taken may point anywhere"
        xor eax, eax
        jnz near 0x12345
        END
        NO_FAULT

        NOTE "null segments in ring 3 after a return outward"
        RING 3
        BEGIN "ds null"
        xor eax, eax
        mov ds, ax
        mov eax, [BUF]
        END
        FAULT 13, 0
        BEGIN "ds null, overridden"
        xor eax, eax
        mov ds, ax
        mov eax, [es:BUF]
        mov ax, es
        mov ds, ax
        END
        EXPECT s_vec, 0x30
        BEGIN "read-only data"
        mov eax, URO
        mov ds, ax
        mov [8], eax
        END
        FAULT 13, 0
        RING 0
%endif

        NOTE "lock"
%macro LOCKED 1+
        NAMED "lock before what cannot be locked", %1
        EXPECT s_vec, 6
%endmacro
        LOCKED db 0xf0, 0x8b, 0x07
        LOCKED db 0xf0, 0x89, 0x07
        LOCKED db 0xf0, 0x90
        LOCKED db 0xf0, 0x50
        LOCKED db 0xf0, 0x87, 0xc1
        LOCKED db 0xf0, 0xff, 0xc0
        LOCKED db 0xf0, 0xf6, 0xd0
        LOCKED db 0xf0, 0xa4
        LOCKED db 0xf0, 0x0f, 0xa3, 0x07
        LOCKED db 0xf0, 0x0f, 0xab, 0xc8
        LOCKED db 0xf0, 0x85, 0x07
        LOCKED db 0xf0, 0xd1, 0x27
        LOCKED db 0xf0, 0xf7, 0x27
        LOCKED db 0xf0, 0x0f, 0xb6, 0x07
        LOCKED db 0xf0, 0xeb, 0x00
        FINISH
