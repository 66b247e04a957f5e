; Real mode: segment loads, lds les lss lfs lgs, mov to and from segment registers, wraps at segment ends.
%include "lib.inc"

VALUES a_vals, 0xabcd8123, 0x12340000

set_mem:
        mov dword [BUF], 0x12345678
        mov dword [BUF+4], 0x9abcdef0
        mov dword [BUF+8], 0x11223344
        ret

%macro LOADPTR 2                ; instruction, segment register
        BEGIN {%1 "cx, m32"}
        %1 cx, [ss:BUF]
        mov [ss:s_x0], %2
        mov ax, 0
        mov ds, ax
        mov es, ax
        mov fs, ax
        mov gs, ax
        mov ss, ax
        END
        BEGIN {%1 "ecx, m48"}
        %1 ecx, [ss:BUF+1]
        mov [ss:s_x0], %2
        mov ax, 0
        mov ds, ax
        mov es, ax
        mov fs, ax
        mov gs, ax
        mov ss, ax
        END
%endmacro

main:
        BEFORE set_mem
        SHOW S_EAX|S_ECX|S_EDX|S_X0|S_FL
        BEGIN "lds cx"
        lds cx, [BUF]
        mov eax, ds
        mov dx, 0
        mov ds, dx
        END
        BEGIN "lds ecx"
        lds ecx, [BUF+1]
        mov eax, ds
        mov dx, 0
        mov ds, dx
        END
        BEGIN "les cx"
        les cx, [BUF]
        mov eax, es
        END
        BEGIN "les ecx"
        les ecx, [BUF+1]
        mov eax, es
        END
        BEGIN "lfs lgs"
        lfs cx, [BUF]
        lgs edx, [BUF+1]
        mov eax, fs
        shl eax, 16
        mov ax, gs
        END
        BEGIN "lss cx"
        mov ebx, esp
        lss cx, [BUF]
        mov eax, ss
        mov dx, 0
        mov ss, dx
        mov esp, ebx
        END
        BEGIN "lss esp"
        mov ebx, esp
        mov word [BUF+4], 0x1000
        mov dword [BUF], 0x5678
        lss esp, [BUF]
        push dword 0x5a5a5a5a
        mov eax, esp
        pop ecx
        mov dx, 0
        mov ss, dx
        mov esp, ebx
        END
        A_VALUES a_vals
        SHOW I_EAX|S_EAX|S_ECX|S_EDX
        BEGIN "mov r16/r32, sreg and back"
        mov fs, ax
        mov gs, eax
        mov ecx, -1
        mov cx, fs
        mov edx, -1
        mov edx, gs
        END
        SHOW_MEM BUF, 8
        BEGIN "mov m, sreg is always 16 bits"
        mov fs, ax
        mov [BUF], fs
        o32 mov [BUF+4], fs
        END
        BEGIN "mov sreg, m"
        mov [BUF+3], ax
        mov gs, [BUF+3]
        mov ecx, gs
        END
        SHOW_MEM 0, 0
        A_VALUES one_zero
        SHOW S_EAX|S_ECX|S_EDX|S_VEC|S_EIP|S_CS
        NAMED "mov cs, ax is no instruction", db 0x8e, 0xc8
        NAMED "mov segment 6", db 0x8e, 0xf0
        NAMED "mov ax, segment 7", db 0x8c, 0xf8
        NAMED "les cx, cx", db 0xc4, 0xc9
        NAMED "lss ax, ax", db 0x0f, 0xb2, 0xc0
        NAMED "lea ax, ax", db 0x8d, 0xc0
        BEGIN "base = selector * 16"
        mov ax, 0x0123
        mov fs, ax
        mov eax, [fs:BUF-0x1230]
        mov cx, 0x0800
        mov gs, cx
        mov ecx, [gs:0]
        mov edx, [fs:BUF-0x1230+4]
        END
        BEGIN "stack segment with interrupts shadowed"
        mov ebx, esp
        mov cx, 0x700
        mov ss, cx
        mov esp, 0x1000
        push dword 0x1234abcd
        pop eax
        xor cx, cx
        mov ss, cx
        mov esp, ebx
        END
        BEGIN "ffff:0010 is the first byte beyond 1 MiB"
        mov ax, 0xffff
        mov fs, ax
        mov dword [fs:0x10], 0x600df00d
        mov dword [fs:0xfff8], 0x4711
        mov eax, [fs:0x10]
        mov ecx, [0]
        mov edx, [fs:0xfff8]
        mov cx, 0
        END
        BEGIN "16-bit address calculation stays within the segment"
        mov bx, 0xff00
        mov dword [0x100], 0xfeedbeef
        mov eax, [bx+0x200]
        mov dword [0x100], 0
        END
        FINISH
