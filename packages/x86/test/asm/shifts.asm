; rol ror rcl rcr shl shr sal sar by 1, by an immediate and by cl; shld shrd. Counts 0 to 33 and more.
%include "lib.inc"

VALUES a_vals, 0, 1, 0x80, 0xff, 0x8000, 0x7fff, 0x80000000, 0xffffffff, 0x12345678, 0xa5c3e187
VALUES few,    1, 0x80008080, 0xa5c3e187, 0x7ffe7f7e
VALUES counts, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31,32,33,34,63,64,128,255
VALUES some,   0, 1, 7, 8, 9, 15, 16, 17, 18, 27, 31, 32, 33
VALUES other,  0x0f1e2d3c, 0xffff8001

set_mem:
        mov eax, [i_eax]
        mov [BUF], eax
        mov dword [BUF+4], 0x5a5a5a5a
        ret

%macro SHIFT 1
        FLAGS_IN two_flags
        A_VALUES a_vals
        B_VALUES counts
        SHOW I_EAX|I_ECX|I_FL|S_EAX|S_FL
        CASE %1 al, cl
        CASE %1 ax, cl
        CASE %1 eax, cl
        B_VALUES one_zero
        CASE %1 al, 1
        CASE %1 ah, 1
        CASE %1 ax, 1
        CASE %1 eax, 1
        CASE %1 al, 7
        CASE %1 al, 9
        CASE %1 ah, 3
        CASE %1 ax, 15
        CASE %1 ax, 17
        CASE %1 eax, 31
        CASE %1 eax, 5
        CASE %1 eax, 32
        CASE %1 ax, 0
        A_VALUES few
        B_VALUES some
        SHOW_MEM BUF, 6
        BEFORE set_mem
        CASE %1 byte [BUF], cl
        CASE %1 word [BUF], cl
        CASE %1 dword [BUF+1], cl
        B_VALUES one_zero
        CASE %1 byte [BUF], 1
        CASE %1 word [BUF], 1
        CASE %1 dword [BUF], 1
        CASE %1 byte [BUF], 3
        CASE %1 word [BUF], 11
        CASE %1 dword [BUF], 30
        SHOW_MEM 0, 0
        BEFORE nothing
%endmacro

%macro DOUBLE 1
        FLAGS_IN two_flags
        A_VALUES few
        B_VALUES counts
        C_VALUES other
        SHOW I_EAX|I_ECX|I_EDX|I_FL|S_EAX|S_FL
        CASE %1 eax, edx, cl
        B_VALUES some16
        CASE %1 ax, dx, cl
        B_VALUES one_zero
        CASE %1 ax, dx, 1
        CASE %1 ax, dx, 15
        CASE %1 ax, dx, 16
        CASE %1 eax, edx, 1
        CASE %1 eax, edx, 31
        CASE %1 eax, edx, 0
        CASE %1 eax, edx, 33
        SHOW_MEM BUF, 6
        BEFORE set_mem
        B_VALUES some16
        CASE %1 word [BUF+1], dx, cl
        CASE %1 dword [BUF+1], edx, cl
        CASE %1 word [BUF], dx, 4
        CASE %1 dword [BUF], edx, 4
        SHOW_MEM 0, 0
        BEFORE nothing
        C_VALUES one_zero
%endmacro

VALUES some16, 0, 1, 2, 7, 8, 9, 14, 15, 16, 32, 33, 47, 48

main:
        SHIFT rol
        SHIFT ror
        SHIFT rcl
        SHIFT rcr
        SHIFT shl
        SHIFT shr
        SHIFT sar
        A_VALUES a_vals
        B_VALUES some
        NAMED "sal al, cl (d2 /6)", db 0xd2, 0xf0
        NAMED "sal ax/eax, cl (d3 /6)", db 0xd3, 0xf0
        NAMED "sal al, imm8 (c0 /6)", db 0xc0, 0xf0, 3
        NAMED "sal ax/eax, 1 (d1 /6)", db 0xd1, 0xf0
        DOUBLE shld
        DOUBLE shrd
        FINISH
