; bt bts btr btc on registers and memory (with offsets far outside the operand), bsf bsr bswap.
%include "lib.inc"

VALUES a_vals, 0, 0xffffffff, 0x80000001, 0x5a5aa5a5
VALUES offs,   0, 1, 7, 8, 15, 16, 17, 31, 32, 33, 63, 64, 100, 0xffff, 0xfffffff0, 0xffffffff, 0xffffffc1
VALUES moffs,  0, 1, 7, 8, 15, 16, 31, 32, 33, 63, 64, 100, 127, -1, -8, -16, -17, -32, -33, -128
VALUES scan,   0, 1, 0x80, 0x100, 0x8000, 0x10000, 0x80000000, 0xffffffff, 0x00f00000, 0x12345678

set_mem:
        cld
        mov edi, BUF
        mov eax, 0xa5c3960f
        mov ecx, 16
.more:  mov [edi], eax
        rol eax, 3
        add edi, 4
        loop .more
        mov dword [i_ebx], BUF+32
        mov dword [i_edi], BUF+32
        ret

%macro BITOP 1
        FLAGS_IN two_flags
        A_VALUES a_vals
        B_VALUES offs
        SHOW I_EAX|I_ECX|I_FL|S_EAX|S_FL
        BEFORE nothing
        SHOW_MEM 0, 0
        CASE %1 ax, cx
        CASE %1 eax, ecx
        B_VALUES one_zero
        CASE %1 ax, 3
        CASE %1 ax, 16
        CASE %1 eax, 31
        CASE %1 eax, 32
        CASE %1 eax, 0xe5
        A_VALUES one_zero
        B_VALUES moffs
        BEFORE set_mem
        SHOW I_ECX|I_FL|S_FL|S_VEC
        SHOW_MEM BUF, 64
        CASE %1 word [BUF+32], cx
        CASE %1 dword [BUF+32], ecx
        CASE %1 word [ebx], cx
        CASE %1 dword [ebx+edi*1-BUF-32], ecx
        B_VALUES one_zero
        CASE %1 word [BUF+32], 5
        CASE %1 word [BUF+32], 21
        CASE %1 dword [BUF+32], 21
        CASE %1 dword [BUF+33], 63
%endmacro

main:
        BITOP bt
        BITOP bts
        BITOP btr
        BITOP btc
        SHOW_MEM 0, 0
        BEFORE nothing
        A_VALUES scan
        B_VALUES a_vals
        SHOW I_EAX|I_ECX|I_FL|S_ECX|S_FL
        CASE bsf cx, ax
        CASE bsf ecx, eax
        CASE bsr cx, ax
        CASE bsr ecx, eax
        B_VALUES one_zero
        BEFORE set_mem
        CASE bsf cx, [BUF]
        CASE bsr ecx, [BUF+1]
        SHOW I_EAX|I_FL|S_EAX|S_EBX|S_EBP|S_FL
        CASE bswap eax
        CASE bswap ebx
        CASE bswap ebp
        FINISH
