; Virtual-8086 and 16-bit protected code on top of paging: faults seen from there, and real-mode habits under a
; moved first megabyte.
%include "lib.inc"
%include "paging.inc"

U16     equ SEL_FREE+3          ; ring 3, 16-bit code
U16D    equ SEL_FREE+8+3        ; ring 3, 16-bit data and stack

before: call fill_buffers
        mov dword [PTAB + 0xa*4], 0xa000+7
        mov eax, cr3
        mov cr3, eax
        mov dword [0xa000], 0xcb9090cb          ; retf
        mov eax, [i_eax]                        ; page 0xa000 is missing or not, by the table
        mov [PTAB + 0xa*4], eax
        mov dword [PTAB + 0xb*4], BUF2+7        ; 0xb000 shows BUF2
        mov eax, cr3
        mov cr3, eax
        ret

VALUES pages, 0xa007, 0xa005, 0xa003, 0xa006
VALUES iopl3, 0x3002

main:
        DESCRIPTOR U16, 0xf0000, 0xffff, 0xfb, 0
        DESCRIPTOR U16D, 0, 0xffff, 0xf3, 0
        call make_page_tables
        BEFORE before
        A_VALUES pages
        FLAGS_IN iopl3
        RING 86
        SHOW I_EAX|S_EAX|S_ECX|S_ESI|S_EDI|S_ESP|S_FL|S_VEC|S_ERR|S_EIP|S_CR2
        SHOW_MEM PTAB+0x28, 8
        BEGIN16 "v86: read and write a page"
        mov ecx, [0xa010]
        mov dword [0xa014], 0x5a5a5a5a
        END16
        BEGIN16 "v86: segment arithmetic into the page"
        mov cx, 0xa00
        mov es, cx
        mov cx, [es:0]
        inc word [es:2]
        END16
        BEGIN16 "v86: rep movsw across the edge"
        mov si, BUF
        mov di, 0x9ffc
        mov cx, 4
        cld
        rep movsw
        END16
        BEGIN16 "v86: rep stosb down across the edge"
        mov di, 0xa002
        mov cx, 6
        std
        rep stosb
        END16
        BEGIN16 "v86: push into the page"
        mov sp, 0xa002
        push eax
        mov sp, USTACK
        END16
        BEGIN16 "v86: moved page"
        mov ecx, [0xb010]
        mov dword [0xb014], 0x12345678
        mov eax, [BUF2+0x14]
        END16
        BEGIN16 "v86: word across two pages"
        mov cx, [0x9fff]
        mov [0x9fff], cx
        END16
        BEGIN16 "v86: code in the page"
        mov byte [0x9fff], 0x90
        push cs
        push .back
        jmp 0:0x9fff
.back:
        END16
        RING 3
        SHOW I_EAX|S_EAX|S_ECX|S_ESI|S_EDI|S_ESP|S_VEC|S_ERR|S_CR2|S_CS|S_SS|S_DS
        BEGIN "16-bit ring 3: read, write, strings, stack"
        mov ax, U16D
        mov ds, ax
        mov es, ax
        mov ss, ax
        jmp U16:.a
        bits 16
.a:     mov cx, [0xa010]
        mov bx, 0xa014
        mov [bx], cx
        mov si, BUF
        mov di, 0x9ffe
        mov cx, 3
        rep movsw
        push ecx
        pusha
        popa
        pop ecx
        enter 6, 2
        leave
        call .f
        int 0x30
.f:     mov cx, sp
        ret
        bits 32
        END
        BEGIN "16-bit ring 3: ud2"
        jmp U16:.a
        bits 16
.a:     mov ax, 0x1234
        ud2
        bits 32
        END
        FINISH
