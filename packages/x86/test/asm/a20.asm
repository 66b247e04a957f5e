; Address line 20, which port 0x92 switches: while it is off, the odd megabytes are the even ones.
%include "lib.inc"

%if MODE == 16
%define HIGH    fs:BUF+0x10     ; fs is 0xffff: 1 MiB above BUF
%else
%define HIGH    BUF+0x100000
%endif

reset:  mov al, 2
        out 0x92, al
        mov dword [BUF], 0x11111111
        mov dword [BUF+4], 0x22222222
%if MODE == 16
        mov ax, 0xffff
        mov fs, ax
%endif
        mov dword [HIGH], 0x33333333
        mov dword [HIGH+4], 0x44444444
        ret

main:
        BEFORE reset
        SHOW S_EAX|S_ECX|S_EDX|S_EBX|S_EBP|S_VEC
        SHOW_MEM BUF, 12
%if MODE == 16
        mov ax, 0xffff
        mov fs, ax
%endif
        BEGIN "on: two places"
        mov ecx, [HIGH]
        mov edx, [BUF]
        xor eax, eax
        END
        BEGIN "off: loads from above come from below"
        mov al, 0
        out 0x92, al
        mov ecx, [HIGH]
        mov edx, [BUF]
        mov al, 2
        out 0x92, al
        mov ebx, [HIGH]
        xor eax, eax
        END
        BEGIN "off: stores above go below"
        mov al, 0
        out 0x92, al
        mov dword [HIGH], 0x55555555
        mov word [HIGH+5], 0x6666
        mov ecx, [BUF]
        mov al, 2
        out 0x92, al
        mov edx, [HIGH]
        mov ebx, [HIGH+4]
        xor eax, eax
        END
        BEGIN "off: read and written, and a doubleword at the megabyte's end"
        mov al, 0
        out 0x92, al
        add dword [HIGH], 0x01010101
        inc byte [HIGH+4]
%if MODE == 16
        mov ecx, [fs:0x10]
        mov edx, [0]
%else
        mov ecx, [0x100000]
        mov edx, [0]
%endif
        sub ecx, edx
        mov al, 2
        out 0x92, al
        mov ebx, [HIGH]
        mov edx, [BUF]
        xor eax, eax
        END
        BEGIN "off: a string across"
        mov al, 0
        out 0x92, al
%if MODE == 16
        push es
        push fs
        pop es
        mov edi, BUF+0x10
%else
        mov edi, BUF+0x100000
%endif
        mov eax, 0x77777777
        mov ecx, 3
        cld
        rep stosd
%if MODE == 16
        pop es
%endif
        mov al, 2
        out 0x92, al
        mov ebx, [HIGH]
        mov ebp, [BUF]
        xor eax, eax
        xor edx, edx
        END
        call reset
        FINISH
