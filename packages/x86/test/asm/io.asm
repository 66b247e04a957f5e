; in out ins outs of all sizes on scratch ports (0x81..0x83 bytes, 0xcf8 a dword), and in protected mode what
; IOPL and the bitmap of the TSS allow.
%include "lib.inc"

VALUES a_vals, 0x81828384, 0x12345678

fill:   cld
        mov edi, BUF
        mov eax, 0x03020100
.more:  stosd
        add eax, 0x04040404
        cmp edi, BUF+32
        jb .more
        ret

main:
        BEFORE fill
        A_VALUES a_vals
        SHOW I_EAX|S_EAX|S_ECX|S_EDX|S_ESI|S_EDI|S_VEC|S_ERR
        BEGIN "out imm8, al; in al, imm8"
        out 0x81, al
        not al
        out 0x87, al
        mov ecx, -1
        mov eax, -1
        in al, 0x81
        mov ecx, eax
        in al, 0x87
        END
        BEGIN "out dx, al; in al, dx"
        mov edx, 0xffff0082
        out dx, al
        mov eax, 0
        in al, dx
        END
        BEGIN "out dx, eax; in eax, dx"
        mov dx, 0xcf8
        and eax, 0x80fffffc
        out dx, eax
        mov eax, 0
        in eax, dx
        mov ecx, eax
        in eax, dx
        END
        BEGIN "in leaves the rest of the register"
        mov dx, 0x81
        in al, dx
        END
        SHOW_MEM BUF, 32
        BEGIN "outsb insb"
        mov esi, BUF+5
        mov edi, BUF+20
        mov dx, 0x83
        outsb
        insb
        END
        BEGIN "outsd insd"
        mov esi, BUF+12
        mov edi, BUF+20
        mov dx, 0xcf8
        mov dword [BUF+12], 0x80123454
        outsd
        insd
        END
        BEGIN "rep outsb rep insb"
        mov esi, BUF+5
        mov edi, BUF+20
        mov dx, 0x83
        mov ecx, 4
        rep outsb
        mov ecx, 3
        rep insb
        END
        BEGIN "backwards, a16 and a32"
        mov esi, BUF+5
        mov edi, BUF+20
        mov dx, 0x83
        mov ecx, 4
        std
        a16 rep outsb
        mov ecx, 3
        a32 rep insb
        cld
        END
        BEGIN "rep with zero"
        mov esi, BUF+5
        mov edi, BUF+20
        mov dx, 0x83
        mov ecx, 0
        rep outsb
        rep insb
        END
        BEGIN "outs with an override"
%if MODE == 16
        mov ax, 1
%else
        mov word [GDT+SEL_FREE], 0xffff
        mov dword [GDT+SEL_FREE+2], 0x93000010
        mov word [GDT+SEL_FREE+6], 0x00cf
        mov ax, SEL_FREE
%endif
        mov fs, ax
        mov esi, BUF+5
        mov dx, 0x83
        fs outsb
        in al, dx
        mov cx, ss
        mov fs, cx
        END
        SHOW_MEM 0, 0
        A_VALUES one_zero
        BEGIN "ports nobody answers"
        mov dx, 0x5678
        in al, dx
        mov ecx, eax
        in ax, dx
        END
%if MODE == 32
        BEFORE tss_map
        FLAGS_IN iopls
        RING 3
        SHOW I_FL|S_VEC|S_ERR|S_EIP
        CASE in al, 0x81
        CASE in al, 0x84
        CASE out 0x81, al
        CASE out 0x84, al
        CASE in ax, 0x86
        CASE in ax, 0x87
        CASE in eax, 0x80
        CASE in eax, 0x81
        BEGIN "in eax, dx at 0xcf8"
        mov dx, 0xcf8
        in eax, dx
        xor eax, eax
        END
        BEGIN "a port beyond the TSS limit"
        mov dx, 0x7f8
        in al, dx
        END
        BEGIN "the last ports the map covers"
        mov dx, 0x3f8
        in al, dx
        END
        BEGIN "insb outsb"
        mov dx, 0x84
        mov esi, BUF
        outsb
        END
        BEGIN "insb allowed"
        mov dx, 0x83
        mov edi, BUF
        insb
        END
        RING 0
        CASE in al, 0x84
%endif
        FINISH

%if MODE == 32
VALUES iopls, 2, 0x1002, 0x2002, 0x3002
tss_map:
        mov word [TSS+0x66], 0x68
        mov edi, TSS+0x68
        mov ecx, 0x20
        mov eax, -1
        cld
        rep stosd
        mov byte [TSS+0x68+0x10], 0x70  ; 0x80-0x83 and 0x87 open
        mov byte [TSS+0x68+0x11], 0xff
        DESCRIPTOR SEL_TSS, TSS, 0x68+0x80, 0x89, 0
        mov ax, SEL_TSS
        ltr ax
        ret
%endif
